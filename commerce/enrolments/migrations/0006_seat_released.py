from django.db import migrations

# Messages keep the name of their event: those that wait for delivery take the new one.
RENAME = "UPDATE outbox_message SET name = '{new}' WHERE name = '{old}' AND delivered_at IS NULL"
OLD, NEW = "fact:SeatGivenUp", "fact:SeatReleased"


class Migration(migrations.Migration):
    dependencies = [
        ("enrolments", "0005_requirements_of_today"),
        ("outbox", "0001_initial"),
    ]

    operations = [migrations.RunSQL(RENAME.format(old=OLD, new=NEW), RENAME.format(old=NEW, new=OLD))]
