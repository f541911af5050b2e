"""The payment port and its adapters, one package per provider. No tables of its own, no Django.

nouns: SessionRequest, CheckoutSession, RemotePayment, RefundRequest, RemoteRefund, PaymentEvent (`types`), Provider
verbs: open_session, read, expire, refund, recent_payments, read_event, ensure_webhook (`port.Gateway`)

Amounts are integer minor units of ISO 4217 everywhere; an adapter converts where its provider counts differently.
A call may take seconds: never make one inside a transaction. What a provider returns is compared with our own
records, never obeyed: `checkout` decides what it means.

`guard` wraps any remote adapter: it limits how long a web request waits for a provider and how many wait at once, and
stops asking one that doesn't answer.

`providers` collects what the adapters declare. `stripe/` is the only package that imports the vendor's SDK. `manual/` is
bank transfer and cash: an app with tables of its own, which play the part of the provider. One contract suite runs
against all of them. A payment attempt keeps its provider, so orders survive a change of provider.
"""
