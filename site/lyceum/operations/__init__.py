"""What an operator sees: heartbeats, measurements, alarms, metrics, error reports. docs/operating.md says what to do.

Nouns: Heartbeat, Measurement, Alarm.  Verbs: note_heartbeat, measure, check_integrity, raise_alarms.

Lives in `public` and in the composition root, because it looks into every room. Each academy writes one row about itself once
a minute; whoever scrapes the metrics or raises an alarm reads those rows in a fixed number of queries, whatever the number of
academies. The worker and the clock watch each other, so that one of them is there to write when the other is dead.
"""
