"""Books of records in the admin: searched, inspected, exported, and acted on; never edited in a form.

Nouns: Ledger (one model's book), Act (a button that calls one action).

A plain package without tables: one thin base over wagtail-modeladmin, whose books these are. It mends that package's two
faults: exports that turn 0 into "-", and a permission helper that knows nothing of Wagtail's policies. Rooms above write
a Ledger each in their ledgers.py; `lyceum.wagtail_hooks` puts them into the menu.
"""
