"""A local implementation of the parts of Stripe's API that we use, as strict as Stripe.

Start it with `python -m lyceum_dev.standins.stripe --port 12111 --state DIR`, or from a test with
`harness.StandIn`. Each key `sk_test_<name>` is a separate account. It has no authentication and holds no secrets: it
listens on the loopback address and sends webhooks only there.

Known limits, each answered with an error rather than silence: one-off payments only (no subscriptions, customers,
catalogue prices, coupons, tax, shipping), no Connect accounts, test keys only.

    server, routes, api       requests and responses         object_factory, store, clock   the data of an account
    form_decoding, params     parsing and validation         response_objects, expand       serialisation
    sessions, payments, intents, refunds, endpoints, events  the resources
    webhook_sender            webhooks with retries          pages, test_cards              the hosted page
    faults, admin_api         switches for tests
"""
