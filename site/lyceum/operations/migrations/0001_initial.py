from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("kind", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("mailed_at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "name",
                    models.CharField(
                        help_text="`worker` or `clock`.", max_length=20, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="Measurement",
            fields=[
                ("schema", models.CharField(max_length=63, primary_key=True, serialize=False)),
                ("measured_at", models.DateTimeField()),
                (
                    "outbox_waiting",
                    models.PositiveIntegerField(default=0, help_text="Messages that are due and not delivered."),
                ),
                ("outbox_oldest_at", models.DateTimeField(null=True)),
                (
                    "outbox_failing",
                    models.PositiveIntegerField(default=0, help_text="Messages that failed ten times or more."),
                ),
                (
                    "orders_stuck",
                    models.PositiveIntegerField(default=0, help_text="Pending an hour after their time to pay."),
                ),
                ("refunds_stuck", models.PositiveIntegerField(default=0, help_text="Under way for an hour.")),
                ("violations", models.JSONField(default=list)),
                ("checked_at", models.DateTimeField(null=True)),
            ],
            options={"default_permissions": ()},
        ),
    ]
