"""The lowest layer: tenants, people, notifications, records, journal, outbox, inbox. Imports no other layer."""
