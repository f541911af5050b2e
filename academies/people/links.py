"""Links in emails: paths with a secret token, which works on the page and in the API."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import url_str_to_user_pk, user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.urls import reverse

from academies.people.models import User


def verify_path(key: str) -> str:
    """Return the path of the page that verifies an email address. Its last part is the token for the API."""
    return reverse("account_confirm_email", args=[key])


def reset_path(person: User) -> str:
    """Return the path of the page where a person chooses a password. Its last part is the token for the API."""
    key = default_token_generator.make_token(person)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), key])


def person_of(token: str) -> tuple[User | None, str]:
    """Return the person a reset token names, or None, and the key to check."""
    uid, _, key = token.strip("/").partition("-")
    try:
        person = User.objects.filter(pk=url_str_to_user_pk(uid), is_active=True).first()
    except (ValueError, ValidationError, OverflowError):
        person = None
    return person, key
