from home.pages.models.brand import Brand
from home.pages.models.headless import Headless
from home.pages.models.page import HomePage, StandardPage

__all__ = ["Brand", "Headless", "HomePage", "StandardPage"]
