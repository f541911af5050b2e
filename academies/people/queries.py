"""Who is signed in, and where."""

from academies.people.models import SignIn, User
from academies.people.tokens import Claims


def live_sign_in(claims: Claims) -> SignIn | None:
    """Return the sign-in behind an access token, with its person, unless it was ended. One query."""
    return (
        SignIn.objects.select_related("person")
        .filter(pk=claims.sign_in_id, person_id=claims.person_id, revoked_at=None, person__is_active=True)
        .first()
    )


def sign_ins(person: User) -> list[SignIn]:
    """Return where a person is signed in, the place used last first."""
    return list(SignIn.objects.filter(person=person, revoked_at=None).order_by("-last_used_at"))
