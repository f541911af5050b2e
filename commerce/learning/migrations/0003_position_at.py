from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("learning", "0002_lapsed_and_moments")]
    operations = [
        migrations.AddField(model_name="progress", name="position_at", field=models.DateTimeField(null=True)),
    ]
