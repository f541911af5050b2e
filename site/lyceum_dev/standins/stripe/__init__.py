"""Stripe's API on a laptop: as much of it as we use, and as strict.

Start it with `python -m lyceum_dev.standins.stripe --port 12111 --state DIR`, or from a test with
`harness.StandIn`. Any key `sk_test_<name>` is an account of its own. It has no password and keeps no secret: it
listens on the loopback address and sends webhooks only there.

Known limits, each answered with an error rather than silence: one-off payments only (no subscriptions, customers,
catalogue prices, coupons, tax, shipping), no Connect accounts, test keys only.

    server, routes, api     requests in, answers out         factory, store, clock     one account's books
    forms, params           what may be asked                shapes, expand         what is answered
    sessions, payments, intents, refunds, endpoints, events  the nouns              webhook_sender      webhooks, retried
    pages, cards            the hosted page                  faults, control        switches for tests
"""
