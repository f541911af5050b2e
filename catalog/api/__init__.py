"""What the endpoints of `/api/v2/` in every app share. No tables.

base          one format, one way to refuse, caching headers
listing       lists of cards, read in a fixed number of queries
search        full-text search, for pages too
url_builder   addresses of pages
"""
