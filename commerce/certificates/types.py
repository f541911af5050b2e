"""What a certificate shows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

DEFAULT_COLOUR = "#1d1b18"


@dataclass(frozen=True)
class CertificateData:
    """The content of one certificate, as stored when it was issued.

    brand_colour: `#rrggbb`.  status: `valid`, `revoked`, `replaced` or `expired`.  hours: of study.  credits: of continuing
    professional development (CPD).  Texts may have any length and be in any script.
    """

    academy: str
    holder: str
    title: str
    issued_on: date
    code: str
    verify_url: str
    hours: Decimal | None = None
    credits: Decimal | None = None
    brand_colour: str = DEFAULT_COLOUR
    instructors: tuple[str, ...] = ()
    status: str = "valid"
