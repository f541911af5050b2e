"""Selling. Nouns: Order, OrderLine, PaymentAttempt, Refund, PaymentAccount, PaymentSettings.

Verbs: place_order, open_session, settle, cancel_order, expire_orders, refund_order, reconcile_payments, record_payment.

Three records with three status machines, each with its table in rules.py; `actions.locks.transition` alone assigns a
status. The truth about money is the sum of confirmed payments less refunds, never a flag. The provider is called outside
transactions; the webhook, the return page, the reconcile task and a payment recorded by hand all end in the same `settle`,
which locks the order and is safe to repeat.

Decided:
- An event is a reason to look: the payment is read again with the academy's own key, so a forged, late or foreign event
  can at most cost a request. An attempt is searched for in the academy whose host received the event.
- A payment attempt keeps its provider: an academy that changes its provider can still settle, refund and reconcile its
  older orders. A refund under a provider that works by hand is created until Finance records that it was paid out.
- An unpaid order lasts 35 to 60 minutes, by its offerings' hold, or for days where people pay by bank transfer; its seats
  a quarter of an hour longer, so that they are released only after the provider has closed the session. A newer order for
  the same product cancels the older one.
- A payment that comes too late is taken if all of the order can still be sold; otherwise it is confirmed, refunded once,
  and the buyer gets an email. The order then stays expired: "paid but not fulfilled" is no status.
- Plans paid every month or year are shown and refused (`subscriptions_not_open`) until there are subscriptions.
- A coupon's uses are counted from orders, pending ones included, with its row locked; never stored.
"""
