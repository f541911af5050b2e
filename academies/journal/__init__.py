"""Who did what to whom, when. Append-only: a trigger refuses UPDATE and DELETE.

Noun: Entry.  Verb: record.
"""
