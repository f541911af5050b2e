"""Stripe, by Checkout Sessions: the hosted page, so no card number ever reaches us.

The only folder that imports the SDK.  `adapter` calls, `translate` reads answers, `amounts` converts units.

No module-wide key: each StripeGateway has a client of its own, because each academy has an account of its own.
"""
