"""The demo's three academies: what they say, and how it is planted.

One folder an academy: `academy.toml` (its name, look, people, plans, pages), `events.toml`, and a file for each course.
Prose is written in a few signs of markdown (`prose`), pictures and PDF sheets are drawn when they are planted
(`pictures`, `sheets`), films are kept as files beside the script that made them. `planting` writes it all, as an editor
would, and tolerates being stopped at any moment.
"""
