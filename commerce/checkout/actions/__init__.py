"""The only writer of orders, payment attempts and refunds.

    opening     an order, checked, held, written      endings         cancelled, expired, superseded
    pages       its attempts and payment pages        refunds         money back
    settlement  what its payment has become           reconciliation  what webhooks missed
    fulfil      giving, holding, taking back          hooks, account  what the provider tells, and how we hear it
    seats       money of seats given up
    selling     whether a thing can be sold now       addresses       where a buyer may be sent back to
    locks, moves, till: the only places that lock, assign a status, and reach the provider

Actions that ask the provider say "not in a transaction", and refuse to run inside one. Those that somebody waits for are
bounded by `till.within_time`.
"""

from commerce.checkout.actions.account import connect_account, reseal_account
from commerce.checkout.actions.endings import cancel, drop, expire_orders
from commerce.checkout.actions.hooks import handle, receive
from commerce.checkout.actions.opening import open_checkout, quote
from commerce.checkout.actions.pages import pay
from commerce.checkout.actions.reconciliation import reconcile
from commerce.checkout.actions.refunds import preview_refund, refund, send_refund
from commerce.checkout.actions.refusals import AlreadyBought, BadCoupon, CouponUsedUp, PriceChanged, ProviderUnavailable
from commerce.checkout.actions.seats import SeatMoney, money_of_seat, refund_of_seat, settle_seat_given_up
from commerce.checkout.actions.settlement import look, settle
from commerce.checkout.actions.till import refuse_without_account

__all__ = [
    "AlreadyBought",
    "BadCoupon",
    "CouponUsedUp",
    "PriceChanged",
    "ProviderUnavailable",
    "SeatMoney",
    "cancel",
    "connect_account",
    "drop",
    "expire_orders",
    "handle",
    "look",
    "money_of_seat",
    "open_checkout",
    "pay",
    "preview_refund",
    "quote",
    "receive",
    "reconcile",
    "refund",
    "refund_of_seat",
    "refuse_without_account",
    "reseal_account",
    "send_refund",
    "settle",
    "settle_seat_given_up",
]
