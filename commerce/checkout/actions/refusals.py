"""Every no of this room, with its code for programs and its sentence for people."""

from academies.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class EmptyBasket(Invalid):
    code = "invalid"
    message = "There is nothing in this order. Choose a course or an event first."


class NotOnSale(Conflict):
    code = "not_on_sale"
    message = "This is not on sale at the moment. Look at what else is open."


class OpensNothing(NotOnSale):
    """Same code: programs need not tell a plan off sale from one whose courses this person may not see."""

    message = (
        "There is nothing to learn in this plan for you at the moment, so it is not on sale. Look at what else is open."
    )


class SubscriptionsNotOpen(Conflict):
    code = "subscriptions_not_open"
    message = "This plan is paid every month or year, and such plans can't be bought yet. Choose one that is paid once."


class AlreadyBought(Conflict):
    code = "already_enrolled"
    message = "You already have what this opens. You find it under My learning."


class MixedCurrencies(Conflict):
    code = "mixed_currencies"
    message = "These things are sold in different currencies. Order them one by one."


class PriceChanged(Conflict):
    code = "price_changed"
    message = "The price has changed since you saw it. Look at the new one and confirm it again."


class FormOutdated(Conflict):
    """The form carries the id of an order that isn't this person's."""

    code = "form_outdated"
    message = "This form is out of date. Open the page again and send it from there."


class BadCoupon(Invalid):
    """The coupon can't be used here at all."""

    code = "coupon_not_valid"

    def __init__(self, message: str) -> None:
        super().__init__(message, fields={"coupon": [message]})


class CouponUsedUp(Conflict):
    code = "coupon_used_up"
    message = "This coupon has been used as often as it can be. Order without it."

    def __init__(self) -> None:
        super().__init__(fields={"coupon": [self.message]})


class ForeignAddress(Invalid):
    code = "foreign_address"
    message = "People can be sent back to this academy's own addresses only."

    def __init__(self, field: str) -> None:
        super().__init__(self.message, fields={field: [self.message]})


class OrderNotPending(Conflict):
    code = "order_not_pending"
    message = "This order is no longer open. Look at it again to see what became of it."


class OrderPaid(Conflict):
    code = "order_paid"
    message = "This order is paid, so it can't be cancelled. Ask the academy for a refund instead."


class PaymentProcessing(Conflict):
    code = "payment_processing"
    message = "Your payment is under way. We write to you when it has arrived; please don't pay again."


class PageJustOpened(Conflict):
    code = "payment_page_open"
    message = "A payment page for this order was opened just now. Try again in a moment."


class PaymentNotTaken(Conflict):
    code = "payment_not_taken"
    message = "The payment provider does not take this payment. Tell the academy the number of your order."


class PaymentsNotSetUp(Conflict):
    code = "payments_not_set_up"
    message = "This academy can't take payments yet. Try again when it has connected its payment account."


class ProviderUnavailable(Unavailable):
    code = "payment_provider_unavailable"
    message = "The payment provider can't be reached. You have not been charged: try again in a moment."


class PageNotOpened(ProviderUnavailable):
    """The order is written, and its page is asked for again with the same attempt."""

    message = (
        "The payment provider can't be reached. You have not been charged and your order is kept: pay it in a moment."
    )


class OrderNotHere(NotFound):
    message = "There is no such order."


class SeatGone(Conflict):
    code = "sold_out"
    message = "The seat was held for you until the time to pay ran out, and somebody else has it now."


class NothingToRefund(Conflict):
    code = "nothing_to_refund"
    message = "Nothing of this order's money is left to give back."


class LineGivenBack(Conflict):
    code = "line_given_back"
    message = "That line has been given back already. Name an amount to give back more."


class RefundTooLarge(Conflict):
    code = "refund_too_large"
    message = "That is more than was paid and not yet given back. Enter a smaller amount."


class RefundChanged(Conflict):
    code = "refund_changed"
    message = "What is left of this order's money has changed since you saw it. Look at it again and confirm."


class RefundRefused(Conflict):
    code = "refund_refused"
    message = "The payment provider refused this refund. The order's journal says why."


class MayNotRefund(Forbidden):
    message = "Refunds are made by the academy's finance staff. Ask them, or the owner."
