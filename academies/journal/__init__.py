"""The audit log: who did what, to which record, when. Append-only: a trigger refuses UPDATE and DELETE, and where the
application has its own database role (docs/deploying.md), that role may only insert.

Noun: Entry.  Verb: record.
"""
