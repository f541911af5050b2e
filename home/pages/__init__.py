"""What strangers meet. Nouns: HomePage, StandardPage, Brand.  Verb: plant_site."""
