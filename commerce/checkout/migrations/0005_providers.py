from django.db import migrations, models

import commerce.checkout.models


class Migration(migrations.Migration):
    dependencies = [("checkout", "0004_sealed_account")]

    operations = [
        # The columns keep their names, so that processes of two versions can use them during an update.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("paymentaccount", "sealed_key", "encrypted_key"),
                migrations.RenameField("paymentaccount", "sealed_webhook_secret", "encrypted_webhook_secret"),
                migrations.AlterField("paymentaccount", "encrypted_key", models.TextField(db_column="sealed_key")),
                migrations.AlterField(
                    "paymentaccount",
                    "encrypted_webhook_secret",
                    models.TextField(blank=True, db_column="sealed_webhook_secret"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PaymentSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "provider",
                    models.CharField(
                        choices=commerce.checkout.models.provider_choices,
                        default=commerce.checkout.models.default_provider,
                        help_text="For new orders. Orders that exist already keep the provider they were placed with.",
                        max_length=30,
                        verbose_name="payment provider",
                    ),
                ),
            ],
            options={"verbose_name": "payments", "default_permissions": ("change",)},
        ),
        migrations.AlterModelOptions(
            "order",
            {
                "default_permissions": ("view",),
                "permissions": [
                    ("refund_order", "Can refund orders"),
                    ("cancel_order", "Can cancel orders"),
                    ("record_order", "Can record payments and refunds made by hand"),
                ],
            },
        ),
        migrations.AddField(
            "paymentattempt",
            "instructions",
            models.TextField(
                blank=True, db_default="", help_text="What the buyer has to do, where there is no page to pay on."
            ),
        ),
        migrations.AlterField(
            "order",
            "expires_at",
            models.DateTimeField(help_text="If unpaid by then, the order expires and its seats are released."),
        ),
        migrations.AlterField(
            "order",
            "status",
            models.CharField(
                choices=[
                    ("pending", "Pending"),
                    ("paid", "Paid"),
                    ("cancelled", "Cancelled"),
                    ("expired", "Expired"),
                    ("refunded", "Refunded"),
                    ("partially_refunded", "Partially refunded"),
                ],
                default="pending",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            "refund",
            "entitlements",
            models.CharField(
                choices=[
                    ("cancel_immediately", "Cancel immediately"),
                    ("cancel_at_period_end", "Cancel at period end"),
                    ("keep", "Keep"),
                ],
                default="cancel_immediately",
                max_length=25,
            ),
        ),
    ]
