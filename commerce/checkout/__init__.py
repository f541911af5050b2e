"""Buying. Nouns: Order, OrderLine, PaymentAttempt, Refund, PaymentAccount.

Verbs: open_checkout, pay, settle, cancel, expire, refund, reconcile.

Three documents, three state machines, each with its table in rules.py; `actions.moves` alone assigns a status. The truth
about money is the sum of confirmed payments less refunds, never a flag. The provider is asked outside transactions; the
webhook, the return page and the reconcile task all end in the same `settle`, which locks the order and does nothing twice.

Decided:
- An event is a reason to look: the payment is read afresh with the academy's own key, so a forged, late or foreign event
  can at most cost a request. An attempt is looked for in the academy at whose door the event came.
- An unpaid order lasts 35 to 60 minutes, by its offerings' hold; its seats a quarter of an hour longer, so that they are
  let go only after the provider has closed the page. A newer order for the same thing ends the older one.
- Money that comes too late is taken while all of the order can still be sold; otherwise it is booked, sent back once, and
  the buyer is told. The order then stays expired: "paid but not given" is no state.
- Plans paid every month or year are shown and refused (`subscriptions_not_open`) until there are subscriptions.
- A coupon's uses are counted from orders, pending ones included, under its row's lock; never stored.
"""
