"""Accounts, roles and sign-ins of one academy.

Nouns: User, SignIn, RefreshToken, KnownDevice.  Verbs: sign_up, sign_in, refresh, sign_out, invite, assign_role, seed_roles.

Decisions: accounts live in their academy's schema; two academies may have accounts with the same email. Nobody in an
academy is a superuser: a check constraint enforces it. Roles are groups, seeded per academy. Access tokens are signed and
name their academy; refresh tokens are random, stored as digests and valid once; using one again ends its family.
All views compare passwords through one action, which also counts failed attempts: by device, so that somebody else's
attempts don't lock a person out of the devices they sign in from.
"""
