"""Draws certificates for some seconds of CPU and prints how many a second: `python -m lyceum_dev.bench.drawing 3`."""

import os
import sys
import time
from datetime import date
from decimal import Decimal

import django

import lyceum  # noqa: F401
from commerce.certificates.pdf import render
from commerce.certificates.types import CertificateData


def unique_certificate(number: int) -> CertificateData:
    """Return a unique certificate, so that its QR code can't be cached."""
    return CertificateData(
        academy="The Bench",
        holder=f"Ana Kovač {number}",
        title="Sourdough from scratch",
        issued_on=date(2026, 1, 2),
        code=f"7KQF-M2XA-{number:04d}",
        verify_url=f"https://bench.example/verify/7KQF-M2XA-{number:04d}-{os.getpid()}/",
        hours=Decimal("6"),
    )


def rate(seconds: float) -> float:
    render(unique_certificate(0))
    began, drawn = time.process_time(), 0
    while time.process_time() - began < seconds:
        drawn += 1
        render(unique_certificate(drawn))
    return drawn / (time.process_time() - began)


if __name__ == "__main__":
    # The words on a certificate are translated.
    django.setup()
    sys.stdout.write(f"{rate(float(sys.argv[1]))}\n")
