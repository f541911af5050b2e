"""Small modules that every app may import and that import no app: errors, money, clock, codes, policies, breaker,
transitions.

`breaker` is here because payments, outbox, inbox and cache need one, in different layers; `transitions` because every
app with records has status machines.
"""
