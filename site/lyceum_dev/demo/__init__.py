"""`manage.py demo`: three academies with content, and every process they need, in one terminal.

run, options, setup: the command, its arguments, and the preparation of the data.
content: one folder an academy: `academy.toml` (its name, look, people, plans, pages), `events.toml`, a file for each
course, and its pictures, videos and PDF sheets. `loader` reads it; prose is written in a few signs of markdown (`prose`).
seeding: writes it all, as an editor would, and may be stopped at any moment and started again.
"""
