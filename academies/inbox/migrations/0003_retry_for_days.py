from datetime import timedelta

from django.db import migrations, models
from django.db.models import F


def try_again(apps, schema_editor):
    """What was given up after twenty tries is tried again, and what waits is due as it was."""
    Event = apps.get_model("inbox", "Event")
    Event.objects.filter(status="failed").update(status="retrying", next_attempt_at=F("received_at"))
    Event.objects.filter(status="received").update(next_attempt_at=F("received_at") + timedelta(seconds=30))


class Migration(migrations.Migration):
    dependencies = [("inbox", "0002_words_of_status")]

    operations = [
        migrations.AddField("event", "next_attempt_at", models.DateTimeField(null=True)),
        migrations.AddField("event", "waits_for_source", models.BooleanField(default=False)),
        migrations.AlterField(
            model_name="event",
            name="status",
            field=models.CharField(
                choices=[
                    ("received", "Received"),
                    ("retrying", "Waiting to be retried"),
                    ("handled", "Handled"),
                    ("ignored", "Not handled"),
                    ("failed", "Failed for good"),
                ],
                default="received",
                max_length=10,
            ),
        ),
        migrations.RunPython(try_again, migrations.RunPython.noop, elidable=True),
    ]
