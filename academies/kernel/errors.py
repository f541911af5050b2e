"""Refusals: what we say no to, and how.

    Refusal
      Invalid            400  the request itself can't be understood or accepted
      Unauthenticated    401  we don't know who asks
      PaymentRequired    402  a plan or a credit opens it
      Forbidden          403  we know who asks, and they may not
      NotHere            404  no such thing in this academy
      Conflict           409  it would be fine at another moment
      Gone               410  it was here and is over
      Mismatch           422  an idempotency key came back with another body
      SlowDown           429  later, please
      Unavailable        503  somebody we need can't be reached; later, please

A refusal is anticipated: it carries a stable `code` for programs and a sentence for people that says what happened and
what to do. The room that refuses subclasses one of these beside its action; `lyceum.errors` and `lyceum.api.errors` answer.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from academies.kernel.translation import gettext_noop as _

# Sentences, or lazy translations, by field.
Fields = Mapping[str, Sequence[Any]]


class Refusal(Exception):
    """An anticipated no. Subclasses set `code` and `message`; an instance may override both.

    title: a heading for the code.  extra: further members of the JSON answer, such as the plans that open a course.
    """

    code = "refused"
    title: Any = _("Not possible")
    # Text for the catalogues, or a lazy translation, which is rendered when the refusal is raised.
    message: Any = _("This can't be done.")

    def __init__(self, message: Any = None, *, code: str | None = None, fields: Fields | None = None, **extra: Any):
        self.message = str(message or self.message)
        self.code = code or self.code
        self.fields: dict[str, list[str]] = {name: [str(one) for one in said] for name, said in (fields or {}).items()}
        self.extra = extra
        super().__init__(self.message)


class Invalid(Refusal):
    code = "invalid"
    title: Any = _("Validation failed")
    message: Any = _("Some of what you sent can't be accepted. Correct the marked fields and send it again.")


class Unauthenticated(Refusal):
    code = "not_authenticated"
    title: Any = _("Not signed in")
    message: Any = _("You are not signed in. Sign in and try again.")


class PaymentRequired(Refusal):
    code = "payment_required"
    title: Any = _("Payment required")
    message: Any = _("This needs to be bought first.")


class Forbidden(Refusal):
    code = "not_allowed"
    title: Any = _("Not allowed")
    message: Any = _("You are signed in, but your role doesn't allow this. Ask the owner of the academy.")


class NotFound(Refusal):
    code = "not_found"
    title: Any = _("Not found")
    message: Any = _("There is nothing at this address in this academy.")


class Conflict(Refusal):
    code = "conflict"
    title: Any = _("Conflict")
    message: Any = _("Something else happened first. Look again and retry.")


class Gone(Refusal):
    code = "gone"
    title: Any = _("Gone")
    message: Any = _("This was here and is over.")


class IdempotencyKeyReused(Refusal):
    code = "idempotency_mismatch"
    title: Any = _("Idempotency key reused")
    message: Any = _("This Idempotency-Key was used before with another body. Use a new key for a new request.")


class RateLimited(Refusal):
    code = "too_many_requests"
    title: Any = _("Too many requests")
    message: Any = _("Too many requests. Wait a moment and try again.")

    def __init__(self, message: str | None = None, *, retry_after: int = 60, **extra: Any):
        super().__init__(message, **extra)
        self.retry_after = retry_after


class Unavailable(Refusal):
    code = "unavailable"
    title: Any = _("Not available now")
    message: Any = _("Somebody we need for this can't be reached. Nothing is lost: try again in a moment.")

    def __init__(self, message: str | None = None, *, retry_after: int = 5, **extra: Any):
        super().__init__(message, **extra)
        self.retry_after = retry_after
