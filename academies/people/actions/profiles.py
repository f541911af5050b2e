"""Profiles, settings and skills."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from academies.kernel.errors import Conflict, NotFound
from academies.outbox import actions as outbox
from academies.people import queries
from academies.people.facts import EmailUnverified
from academies.people.models import Profile, Skill, User

MOST_SKILLS = 50


class SkillExists(Conflict):
    code = "skill_exists"
    title = _("Skill exists")
    message = _("You already have a skill with this name.")


class TooManySkills(Conflict):
    code = "too_many_skills"
    title = _("Too many skills")
    message = _("You can have up to 50 skills. Remove one first.")


def update_bio(*, person: User, now: datetime, **fields: Any) -> Profile:
    """Update some fields of a person's profile, creating it if needed."""
    profile, _ = Profile.objects.update_or_create(person=person, defaults={**fields, "updated_at": now})
    return profile


def add_skill(*, person: User, name: str, proficiency: str, now: datetime) -> Skill:
    """Raises SkillExists, TooManySkills."""
    if Skill.objects.filter(person=person).count() >= MOST_SKILLS:
        raise TooManySkills()
    try:
        with transaction.atomic():
            return Skill.objects.create(
                person=person, name=" ".join(name.split()), proficiency=proficiency, created_at=now
            )
    except IntegrityError as error:
        raise SkillExists(fields={"name": [SkillExists.message]}) from error


def remove_skill(*, person: User, skill_id: UUID) -> None:
    """Raises NotFound for an unknown skill or another person's."""
    deleted, _ = Skill.objects.filter(pk=skill_id, person=person).delete()
    if not deleted:
        raise NotFound()


def resend_verification(*, person: User, now: datetime) -> bool:
    """Send the verification email again. Returns False, and sends nothing, if the address is verified already."""
    if queries.has_verified_email(person):
        return False
    outbox.publish(EmailUnverified(person_id=str(person.pk), asked_at=now.isoformat()))
    return True
