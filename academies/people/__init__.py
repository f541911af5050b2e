"""The people of one academy: accounts, roles, where they are signed in.

Nouns: User, SignIn, RefreshToken, KnownDevice.  Verbs: sign_up, sign_in, refresh, sign_out, invite, assign_role, seed_roles.

Decisions: people live in their academy's schema; the same e-mail may exist in two academies. Nobody in an academy is a
superuser: a check constraint holds it. Roles are groups, seeded per academy. Access tokens are signed and name their
academy; refresh tokens are random, stored as digests, spent once, and a spent one used again ends its family.
Passwords are compared in one action, whatever view asks, and guesses are counted there: by place, so that a stranger's
guesses don't shut a person out of the places where she signs in.
"""
