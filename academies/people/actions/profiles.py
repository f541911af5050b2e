"""What people say about themselves, and how they like things."""

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
    message = _("You have a skill of this name already.")


class TooManySkills(Conflict):
    code = "too_many_skills"
    title = _("Too many skills")
    message = _("There is room for fifty skills. Remove one first.")


def update_bio(*, person: User, now: datetime, **said: Any) -> Profile:
    """Change some fields of a person's profile, and leave the others alone. Makes the row when it is the first word."""
    profile, _ = Profile.objects.update_or_create(person=person, defaults={**said, "updated_at": now})
    return profile


def add_skill(*, person: User, name: str, proficiency: str, now: datetime) -> Skill:
    """Raises SkillThere, TooManySkills."""
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
    """Raises NotHere for another's or an unknown one."""
    deleted, _ = Skill.objects.filter(pk=skill_id, person=person).delete()
    if not deleted:
        raise NotFound()


def resend_verification(*, person: User, now: datetime) -> bool:
    """Send the letter that proves an address once more. Returns False, and sends nothing, when it is proven already."""
    if queries.has_verified_email(person):
        return False
    outbox.publish(EmailUnverified(person_id=str(person.pk), asked_at=now.isoformat()))
    return True
