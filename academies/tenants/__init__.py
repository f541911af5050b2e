"""The land registry: which academies exist, at which hosts, in which schema. Lives in `public`.

Nouns: Academy, Domain, TemplateArtefact.  Verbs: provision, retire, migrate.

Decisions: an academy is made by replaying a dump of the migrated template schema (about a second), never by running
migrations in a request and never by `clone_schema`, which renames constraints so that a later migration fails. The dump
is a row in `public`, so that every process on every machine replays the same one. `public` holds this room, the inbox
and the content types; nothing else, so a table missing in an academy fails instead of being answered from `public`.
"""
