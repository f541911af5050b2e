"""The registry of academies: their hosts and their schemas. Stored in `public`.

Nouns: Academy, Domain, TemplateArtefact.  Verbs: provision, retire, migrate.

Decisions: an academy is created by restoring a dump of the migrated template schema (about a second), not by running
migrations in a request and not by `clone_schema`, which renames constraints so that a later migration fails. The dump is
a row in `public`, so that every process on every machine restores the same one. `public` holds this app, the inbox and
the content types, and nothing else: a query for a table that is missing in an academy fails instead of reading `public`.
"""
