"""Learning itself: what was watched, read and answered, and when a course is complete.

Nouns: Progress, Attempt, Note, Bookmark.  Verbs: watch, view, start, save, submit, close_overdue.

Progress is monotone and bounded: ranges are merged on the server and can't grow faster than the clock. A quiz's paper
and its key are frozen when an attempt starts; the key never leaves the server. Progress hangs on translation keys.
"""
