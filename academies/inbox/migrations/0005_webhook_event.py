from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0004_inbox_due")]

    operations = [
        # The table keeps its name, so that processes of two versions can use it during an update.
        migrations.AlterModelTable("event", "inbox_event"),
        migrations.RenameModel("Event", "WebhookEvent"),
        migrations.AlterModelOptions(
            "webhookevent",
            {
                "default_permissions": ("view",),
                "permissions": [("replay_webhookevent", "Can handle a stored event again")],
            },
        ),
        migrations.AlterField(
            "webhookevent",
            "account",
            models.CharField(help_text="The schema of the academy that received the event.", max_length=80),
        ),
        migrations.AlterField(
            "webhookevent",
            "status",
            models.CharField(
                choices=[
                    ("received", "Received"),
                    ("retrying", "Waiting to be retried"),
                    ("handled", "Handled"),
                    ("ignored", "Not handled"),
                    ("failed", "Failed permanently"),
                ],
                default="received",
                max_length=10,
            ),
        ),
    ]
