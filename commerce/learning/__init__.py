"""Learning itself: what was watched, read and answered, and when a course is complete.

Nouns: Progress, Attempt, Note, Bookmark.  Verbs: watch, view, start, save, submit, finish, close_overdue.

Progress is monotone and bounded: ranges are merged on the server and can't grow faster than the clock. A quiz's paper
and its key are frozen when an attempt starts; the key never leaves the server. Progress hangs on translation keys.

What a course asks is taken down at the enrolment (`enrolments.RequirementSet`), and only an act of the learner counts
it: an editor's change completes nobody and moves nobody's percent. A lesson that was unpublished, deleted or moved away is
still asked of those who have not done it; to let them complete the course, its editors ease the rule, which counts for all
at their next act. Counting anew at every change of the outline was refused: it handed out
certificates for lessons that were unpublished for an hour.
"""
