"""Learning: progress in lessons, attempts at quizzes, notes and bookmarks, and when a course is complete.

Nouns: Progress, Attempt, Note, Bookmark.
Verbs: start_lesson, record_watched, mark_viewed, start_attempt, save_answers, submit_attempt, complete_course.

Progress never goes down, and watched time can't grow faster than the clock allows. The questions and the answer key of a
quiz are stored when an attempt starts; the key is never sent to learners. Records refer to lessons by translation key.

The requirements of a course are stored at enrolment (`enrolments.RequirementSet`) and evaluated only when the learner does
something: an editor's change completes no course and changes nobody's percent. A lesson that was unpublished, deleted or
moved stays required for those who haven't completed it, unless an editor relaxes the completion rule. Re-evaluating at
every change of the outline was rejected: it issued certificates because of lessons that were unpublished for an hour.
"""
