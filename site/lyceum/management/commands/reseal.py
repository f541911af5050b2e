"""`reseal`: encrypt every academy's payment keys with the deployment's first key, before an older one is removed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from academies.kernel import clock
from academies.tenants.context import inside
from academies.tenants.models import Academy
from commerce.checkout.actions import rotate_key
from commerce.checkout.encryption import CannotDecrypt


class Command(BaseCommand):
    help = "Encrypts the payment keys in the database again, after SEALING_KEYS (or SECRET_KEY) got a new first key."

    def handle(self, *args: Any, **options: Any) -> None:
        failed = []
        # Suspended and closed academies have accounts, too.
        academies = Academy.objects.exclude(status=Academy.Status.PROVISIONING).order_by("schema_name")
        for schema in academies.values_list("schema_name", flat=True):
            try:
                with inside(schema):
                    if rotate_key(now=clock.now()):
                        self.stdout.write(f"{schema}: encrypted with the first key")
            except CannotDecrypt:
                failed.append(schema)
        if failed:
            raise CommandError(f"No key decrypts the accounts of {', '.join(failed)}: run connect_payments for each.")
