from django.db import migrations

# Messages keep the name of their fact: those that wait for delivery take the new one.
RENAMED = {
    "fact:EmailUnproven": "fact:EmailUnverified",
    "fact:ResetAsked": "fact:PasswordResetRequested",
}
RENAME = "UPDATE outbox_message SET name = '{new}' WHERE name = '{old}' AND delivered_at IS NULL"


class Migration(migrations.Migration):
    dependencies = [("people", "0007_webhook_event_permissions"), ("outbox", "0001_initial")]

    operations = [
        migrations.RunSQL(RENAME.format(old=old, new=new), RENAME.format(old=new, new=old))
        for old, new in RENAMED.items()
    ]
