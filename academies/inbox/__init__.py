"""Facts from outside: verified at the door, stored once per (source, account, id), handled later.

Noun: Event.  Verbs: receive, handle, replay, sweep, prune.

Lives in `public`, so that a fact is kept even when its academy is in maintenance. The unique key, not a look-up, makes a
repeated delivery a no-op. An event whose handling fails is tried for days, with growing pauses, and again as soon as its
source answers. Rooms above register a handler per source in their listeners; handlers are idempotent.
"""
