"""Six small files that everything may import and that import nothing of ours: errors, money, clock, codes, policies, breaker.

`breaker` is here because the payment port, the outbox, the inbox and the cache each need one, on different floors.
"""
