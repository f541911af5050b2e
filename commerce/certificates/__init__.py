"""Certificates of completed courses.

Noun: Certificate.  Verbs: issue, revoke, reissue.

A certificate is a copy of what was true on its day: name, title, date, hours. A partial unique constraint allows at most
one valid certificate per enrolment. Anybody with the code can verify it, and sees nothing else.
"""
