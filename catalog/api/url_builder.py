"""Builds addresses of pages from their tree paths, without a query or a reverse for each page."""

from wagtail.models import Site

from academies.tenants import queries as tenants


class UrlBuilder:
    """The public addresses of an academy's pages. Make one for each answer; costs a query when the cache is cold.

    An academy has one Site, so one root. A page outside of it has no address and gets the empty string.
    """

    def __init__(self) -> None:
        roots = Site.get_site_root_paths()
        self.root = roots[0].root_path if roots else "/"
        self.origin = tenants.current_base_url()

    def path(self, url_path: str) -> str:
        """Return where a page is on its host, such as `/courses/sourdough/`."""
        return url_path[len(self.root) - 1 :] if url_path.startswith(self.root) else ""

    def full(self, url_path: str) -> str:
        """Return the same with scheme and host."""
        path = self.path(url_path)
        return self.origin + path if path else ""

    def url_path(self, path: str) -> str:
        """Return the tree path of an address on the host, with or without its slashes."""
        inner = path.strip("/")
        return f"{self.root}{inner}/" if inner else self.root
