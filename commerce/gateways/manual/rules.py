"""The status machines of payments and refunds by hand."""

from academies.kernel.transitions import Transitions

PAYMENT = Transitions(
    "manual_payments.payment",
    {
        "open": frozenset({"paid", "expired"}),
        # A transfer can't be stopped: it may arrive after its session has expired.
        "expired": frozenset({"paid"}),
        "paid": frozenset(),
    },
)
REFUND = Transitions("manual_payments.refund", {"pending": frozenset({"done"}), "done": frozenset()})
