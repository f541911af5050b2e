"""`manage.py demo`: three academies with content, and every process they need, in one terminal.

run, options, setup: the command, its arguments, and the preparation of the data.
content: a folder per academy: `academy.toml` (name, brand, people, plans, pages), `events.toml`, a file for each course,
and its pictures, videos and PDF sheets. `loader` reads it; texts use a subset of Markdown (`prose`).
seeding: creates it all, as an editor would. It can be interrupted and run again.
"""
