"""Stripe, by Checkout Sessions: the hosted page, so no card number ever reaches us.

The only package that imports the SDK.  `adapter` calls it, `translate` reads its objects, `amounts` converts units,
`provider` declares the adapter.

No module-wide key: each StripeGateway has a client of its own, because each academy has an account of its own.
"""
