"""The only writers of orders, payment attempts and refunds.

    place_order   check, price and store an order      cancel      unpaid orders, and paid seats that are released
    pricing       prices; what can be sold to whom     refund      refund payments
    payment       attempts, sessions, settling         webhooks    the provider's account and its events
    fulfil        seats and access of an order         reconcile   what webhooks missed; payments recorded by hand
    locks         every lock and every change of status

Actions that call the provider say "not in a transaction", and refuse to run inside one. Those that somebody waits for are
limited by `gateway.within_time`.
"""

from commerce.checkout.actions.cancel import (
    SeatRefund,
    cancel_order,
    cancel_unpaid,
    expire_orders,
    refunded_for_seat,
    seat_refund,
    settle_released_seat,
)
from commerce.checkout.actions.payment import open_session, settle, sync_payment
from commerce.checkout.actions.place_order import place_order, quote
from commerce.checkout.actions.reconcile import reconcile_payments, record_payment, record_refund
from commerce.checkout.actions.refund import preview_refund, refund_order, send_refund
from commerce.checkout.actions.webhooks import connect_account, handle, receive, rotate_key

__all__ = [
    "SeatRefund",
    "cancel_order",
    "cancel_unpaid",
    "connect_account",
    "expire_orders",
    "handle",
    "open_session",
    "place_order",
    "preview_refund",
    "quote",
    "receive",
    "reconcile_payments",
    "record_payment",
    "record_refund",
    "refund_order",
    "refunded_for_seat",
    "rotate_key",
    "seat_refund",
    "send_refund",
    "settle",
    "settle_released_seat",
    "sync_payment",
]
