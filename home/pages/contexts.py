"""What the templates of this room are told beside their page."""

from typing import Any

from catalog.library import told
from home.pages.models import HomePage
from home.pages.queries import home_page_content


@told.of(HomePage)
def of_home(page: HomePage, request: Any) -> dict[str, Any]:
    return home_page_content()
