"""Who did what to whom, when. Append-only: a trigger refuses UPDATE and DELETE, and where the application
has a role of its own in the database (docs/deploying.md), that role may only add to it.

Noun: Entry.  Verb: record.
"""
