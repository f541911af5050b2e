from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0005_teachers_own_files")]

    operations = [
        migrations.RenameModel("KnownPlace", "KnownDevice"),
        migrations.AlterField(
            model_name="knowndevice",
            name="person",
            field=models.ForeignKey(
                on_delete=models.deletion.CASCADE, related_name="known_devices", to=settings.AUTH_USER_MODEL
            ),
        ),
    ]
