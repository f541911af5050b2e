from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0004_no_recount"),
    ]

    operations = [
        migrations.RenameField("attempt", "paper", "questions"),
        migrations.RenameField("attempt", "key", "answer_key"),
        migrations.AlterField(
            "attempt",
            "revision_id",
            models.BigIntegerField(null=True, help_text="The page revision that the questions are from."),
        ),
    ]
