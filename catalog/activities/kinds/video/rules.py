"""Which video files browsers play, by their extension."""

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

PLAYABLE = frozenset({".mp4", ".m4v", ".webm", ".ogv"})
# Sites whose addresses are pages with a player, never a film.
SITES = ("youtube.com", "youtu.be", "youtube-nocookie.com", "vimeo.com", "dailymotion.com", "wistia.com", "loom.com")


def fault(*, file: str, url: str) -> str:
    """Return what keeps a film from playing, or an empty string: `missing`, `file`, `site` or `address`.

    file: the name of a file in the library; it goes before the address.
    """
    if file:
        return "" if _is_playable(file) else "file"
    if not url:
        return "missing"
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if any(host == site or host.endswith(f".{site}") for site in SITES):
        return "site"
    return "" if parts.scheme in ("http", "https") and _is_playable(unquote(parts.path)) else "address"


def _is_playable(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in PLAYABLE
