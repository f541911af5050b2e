from django.db import migrations, models

from commerce.checkout.encryption import decrypt, encrypt


def seal(apps, schema_editor):
    for account in apps.get_model("checkout", "PaymentAccount").objects.all():
        account.sealed_key = encrypt(account.sealed_key)
        account.sealed_webhook_secret = encrypt(account.sealed_webhook_secret)
        account.save()


def unseal(apps, schema_editor):
    for account in apps.get_model("checkout", "PaymentAccount").objects.all():
        account.sealed_key = decrypt(account.sealed_key)
        account.sealed_webhook_secret = decrypt(account.sealed_webhook_secret)
        account.save()


class Migration(migrations.Migration):
    dependencies = [("checkout", "0003_initial")]

    operations = [
        migrations.RenameField("paymentaccount", "secret_key", "sealed_key"),
        migrations.RenameField("paymentaccount", "webhook_secret", "sealed_webhook_secret"),
        migrations.AlterField("paymentaccount", "sealed_key", models.TextField()),
        migrations.AlterField("paymentaccount", "sealed_webhook_secret", models.TextField(blank=True)),
        migrations.RunPython(seal, unseal),
    ]
