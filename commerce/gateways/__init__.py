"""Whoever takes the money: one port, one adapter per provider. No tables, no Django.

nouns: PageRequest, PaymentPage, RemotePayment, RefundRequest, RemoteRefund, ProviderEvent (`facts`)
verbs: open_page, read, expire, refund, recent_payments, read_event, ensure_webhook (`port.Gateway`)

Amounts are integer minor units of ISO 4217 everywhere; an adapter converts where its provider counts differently.
Every call may take seconds: never make one inside a transaction. What a provider answers is a fact to compare with our
own records, never an order: `checkout` decides what it means.

`guard` wraps any adapter: it bounds how long a web request waits for a provider and how many wait at once, and stops asking
one that doesn't answer.

`choose.gateway` picks an adapter by dotted path. `stripe/` is the only folder that imports the vendor's SDK; its
`standin/` speaks the same API on a laptop, and one contract suite runs against both. Bank transfers and cash need no
gateway: staff record them on the order, nobody is called.
"""
