"""Seven small files that every app may import and that import no other app: errors, money, clock, codes, policies,
breaker, transitions.

`breaker` is here because the payment port, the outbox, the inbox and the cache each need one, in different layers;
`transitions` because every app that has records has status machines.
"""
