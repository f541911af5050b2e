"""Fact doors of the registry: a changed academy or host is forgotten everywhere."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from academies.tenants import queries
from academies.tenants.models import Academy, Domain


@receiver([post_save, post_delete], sender=Academy)
@receiver([post_save, post_delete], sender=Domain)
def forget(**kwargs: Any) -> None:
    transaction.on_commit(queries.forget)
