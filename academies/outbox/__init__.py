"""Facts from inside and deferred work: stored in the transaction, delivered after commit, at least once.

Noun: Message.  Verbs: later, publish, deliver, sweep.

The row, not the broker, is the truth: a message the broker lost is delivered by the sweep. So what it calls must
tolerate running twice.
"""
