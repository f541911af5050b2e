from django.db import migrations


def rename_permissions(apps, schema_editor):
    """Keep what owners gave: roles hold permissions by their rows, and Django renames a model without them."""
    Permission = apps.get_model("auth", "Permission")
    for action in ("add", "change", "delete", "view"):
        Permission.objects.filter(content_type__app_label="notices", codename=f"{action}_wording").update(
            codename=f"{action}_messagetemplate", name=f"Can {action} message template"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0002_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RenameModel("Wording", "MessageTemplate"),
        migrations.RunPython(rename_permissions, migrations.RunPython.noop),
    ]
