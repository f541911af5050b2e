"""Records in the admin: lists to search, inspect and export, with buttons for actions; never edited in a form.

Nouns: RecordAdmin (the admin of one model), RecordAction (a button that calls one action).

A plain package without tables: a thin base over wagtail-modeladmin. It fixes two faults of that package: exports that
turn 0 into "-", and a permission helper that ignores Wagtail's permission policies. Apps above define their RecordAdmins
in record_admins.py; `lyceum.wagtail_hooks` adds them to the menu.
"""
