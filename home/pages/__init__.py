"""The academy's site. Nouns: HomePage, StandardPage, Brand.  Verb: create_default_site."""
