"""Events as editors write them. Nouns: EventIndexPage, EventPage, Venue, EventSpeaker. Dates and seats are offerings."""
