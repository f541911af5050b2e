from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("lyceum", "0001_initial")]

    operations = [migrations.RenameModel("IdempotentAnswer", "StoredResponse")]
