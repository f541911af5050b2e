"""Proof. Noun: Certificate.  Verbs: issue, revoke, reissue.

A certificate is a snapshot of what was true on its day: name, title, date, hours. A partial unique constraint gives one
person at most one valid certificate for a course; anybody with the code can verify it, and sees nothing else.
"""
