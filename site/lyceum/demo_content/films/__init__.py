"""Two short silent films with captions, kept as files; `make.py` drew them."""

from pathlib import Path


def read(name: str) -> bytes:
    return (Path(__file__).resolve().parent / name).read_bytes()
