"""Browsers and IP addresses a person has signed in from: attempts from elsewhere are counted separately."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from academies.kernel import codes
from academies.people import device_digests
from academies.people.facts import Device
from academies.people.models import KnownDevice, User

MOST_DEVICES = 20


def remember(*, person: User, device: Device, now: datetime) -> None:
    """Remember the address of a device, and its browser if it has a token from `remember_browser`. One query."""
    digests = device_digests.digests(person.email, device)
    if not digests:
        return
    KnownDevice.objects.bulk_create(
        [KnownDevice(person=person, digest=digest, last_used_at=now) for digest in digests],
        update_conflicts=True,
        unique_fields=["person", "digest"],
        update_fields=["last_used_at"],
    )


def remember_browser(*, person: User, device: Device, now: datetime) -> str:
    """Remember a browser and its address. Returns the token for its cookie.

    A token that wasn't issued to this person is replaced: an attacker may have planted one they know.
    """
    own = device_digests.browser_digest(person.email, device)
    known = bool(own) and KnownDevice.objects.filter(person=person, digest=own).exists()
    token = device.token if known else codes.token()
    remember(person=person, device=Device(device.user_agent, device.address, token), now=now)
    return token


def forget(*, person: User, but: Device | None = None) -> None:
    """Forget all devices, except `but`: one of them may belong to somebody else."""
    devices = KnownDevice.objects.filter(person=person)
    if but is not None:
        devices = devices.exclude(digest__in=device_digests.digests(person.email, but))
    devices.delete()


def prune(*, now: datetime) -> int:
    """Delete devices unused for DEVICE_DAYS, and all but the latest MOST_DEVICES of each person. Returns how many."""
    old, _ = KnownDevice.objects.filter(last_used_at__lt=now - timedelta(days=settings.DEVICE_DAYS)).delete()
    latest_first = Window(RowNumber(), partition_by=F("person_id"), order_by=[F("last_used_at").desc(), F("id").desc()])
    beyond = KnownDevice.objects.annotate(rank=latest_first).filter(rank__gt=MOST_DEVICES)
    many, _ = KnownDevice.objects.filter(pk__in=list(beyond.values_list("pk", flat=True))).delete()
    return old + many
