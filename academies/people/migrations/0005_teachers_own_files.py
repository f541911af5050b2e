from django.db import migrations

TAKEN = ["change_image", "change_document"]
GIVEN = [("courses", "view_category"), ("events", "view_venue")]


def narrow_teachers(apps, schema_editor):
    """Give the teachers of an academy that exists what new academies give them: files of their own, and what they choose from."""
    teachers = apps.get_model("auth", "Group").objects.filter(name="Teacher").first()
    if teachers is None:
        return
    on_files = apps.get_model("wagtailcore", "GroupCollectionPermission").objects.filter(group_id=teachers.pk)
    on_files.filter(permission__codename__in=TAKEN).delete()
    permissions = apps.get_model("auth", "Permission").objects
    for app, codename in GIVEN:
        teachers.permissions.add(*permissions.filter(content_type__app_label=app, codename=codename))


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0004_known_places"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(narrow_teachers, migrations.RunPython.noop)]
