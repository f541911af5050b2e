"""Domain events and deferred work: stored in the transaction, delivered after commit, at least once.

Noun: Message.  Verbs: later, publish, deliver, sweep.

The row is authoritative, not the broker: the sweep delivers messages the broker has lost. So handlers must tolerate
running twice.
"""
