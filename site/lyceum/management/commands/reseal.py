"""`reseal`: seal every academy's payment keys with the first of the deployment's keys, before an older one is given up."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from academies.kernel import clock
from academies.tenants.context import inside
from academies.tenants.models import Academy
from commerce.checkout.actions import rotate_key
from commerce.checkout.encryption import CannotDecrypt


class Command(BaseCommand):
    help = "Seals the payment keys in the database anew, after SEALING_KEYS (or SECRET_KEY) got a new first key."

    def handle(self, *args: Any, **options: Any) -> None:
        closed = []
        # Those that answer nobody today have accounts, too.
        academies = Academy.objects.exclude(status=Academy.Status.PROVISIONING).order_by("schema_name")
        for schema in academies.values_list("schema_name", flat=True):
            try:
                with inside(schema):
                    if rotate_key(now=clock.now()):
                        self.stdout.write(f"{schema}: sealed anew")
            except CannotDecrypt:
                closed.append(schema)
        if closed:
            raise CommandError(f"No key opens the accounts of {', '.join(closed)}: run connect_payments for each.")
