"""Refusals: anticipated errors, by HTTP status.

    Refusal
      Invalid                400  the request is malformed or not acceptable
      Unauthenticated        401  nobody is signed in
      PaymentRequired        402  a plan or a credit is needed
      Forbidden              403  the signed-in person isn't allowed to
      NotFound               404  no such object in this academy
      Conflict               409  not possible in the current state
      Gone                   410  it existed and is over
      IdempotencyKeyReused   422  an idempotency key was sent with another body
      RateLimited            429  too many requests
      Unavailable            503  a service we depend on can't be reached

A refusal has a stable `code` for programs and a message for people that says what happened and what to do. Apps subclass
one of these beside the action that raises it; `lyceum.errors` and `lyceum.api.errors` turn it into a response.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from academies.kernel.translation import gettext_noop as _

# Sentences, or lazy translations, by field.
Fields = Mapping[str, Sequence[Any]]


class Refusal(Exception):
    """An anticipated error. Subclasses set `code` and `message`; an instance may override both.

    title: a heading for the code.  extra: further members of the JSON response, such as the plans that include a course.
    """

    code = "refused"
    title: Any = _("Not possible")
    # Text for the catalogues, or a lazy translation, which is rendered when the refusal is raised.
    message: Any = _("This can't be done.")

    def __init__(self, message: Any = None, *, code: str | None = None, fields: Fields | None = None, **extra: Any):
        self.message = str(message or self.message)
        self.code = code or self.code
        self.fields: dict[str, list[str]] = {
            name: [str(sentence) for sentence in sentences] for name, sentences in (fields or {}).items()
        }
        self.extra = extra
        super().__init__(self.message)


class Invalid(Refusal):
    code = "invalid"
    title: Any = _("Validation failed")
    message: Any = _("Some fields are not valid. Correct them and try again.")


class Unauthenticated(Refusal):
    code = "not_authenticated"
    title: Any = _("Not signed in")
    message: Any = _("You are not signed in. Sign in and try again.")


class PaymentRequired(Refusal):
    code = "payment_required"
    title: Any = _("Payment required")
    message: Any = _("You need to buy this first.")


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
    message: Any = _("This has changed in the meantime. Reload and try again.")


class Gone(Refusal):
    code = "gone"
    title: Any = _("Gone")
    message: Any = _("This is no longer available.")


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
    message: Any = _("A service we depend on can't be reached. Nothing was lost; try again in a moment.")

    def __init__(self, message: str | None = None, *, retry_after: int = 5, **extra: Any):
        super().__init__(message, **extra)
        self.retry_after = retry_after
