"""Monitoring for operators: heartbeats, measurements, alarms, metrics, error reports. See docs/operating.md.

Nouns: Heartbeat, Measurement, Alarm.  Verbs: note_heartbeat, measure, check_integrity, raise_alarms.

It is part of the project package, with tables in `public`, because it reads from every app. Each academy writes one row
about itself once a minute; metrics and alarms read those rows in a fixed number of queries, however many academies there
are. The worker and the clock watch each other, so that one can report that the other has died.
"""
