from django.db import migrations

RENAMED = {"view_event": "view_webhookevent", "replay_event": "replay_webhookevent"}


def rename(apps, schema_editor):
    """Follow the renamed model, so that whoever may see and replay events still may."""
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="inbox")
    for old, new in RENAMED.items():
        permissions.filter(codename=old).update(codename=new)


def rename_back(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="inbox")
    for old, new in RENAMED.items():
        permissions.filter(codename=new).update(codename=old)


class Migration(migrations.Migration):
    dependencies = [("people", "0006_known_devices"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(rename, rename_back)]
