"""Buying. Nouns: Order, OrderLine, PaymentAttempt, Refund, PaymentAccount.

Verbs: open_checkout, settle, cancel, expire, refund, reconcile.

Three documents, three state machines, each with its table in rules.py. The truth about money is the sum of confirmed
payments less refunds, never a flag. The provider is asked outside transactions; the webhook, the return page and the
reconcile task all end in the same `settle`, which locks the order and does nothing twice.
"""
