"""Bank transfer and cash: nobody is called, people record what they see.

Nouns: ManualSettings, ManualPayment, ManualRefund.  Verbs: those of the port, and record_payment, record_refund.

An app with tables that play the part of a provider's records, so that checkout treats it like any other gateway. They
hold ids of checkout's records but no foreign keys to them: checkout is a layer above. The buyer gets the academy's
instructions instead of a payment page, and the order waits for days. A payment may be recorded after its session has
expired, because a transfer can't be stopped: whether it still fulfils the order is checkout's decision.
"""
