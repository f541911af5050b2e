from django.db import migrations, models


class Migration(migrations.Migration):
    # An index can't be made in the transaction that has just changed rows of its table.
    dependencies = [("inbox", "0003_retry_for_days")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("next_attempt_at__isnull", False)),
                fields=["account", "next_attempt_at"],
                name="inbox_due",
            ),
        ),
    ]
