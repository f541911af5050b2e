"""Refusals of checkout: a code for programs, a message for people."""

from django.utils.translation import gettext_lazy as _

from academies.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class EmptyBasket(Invalid):
    code = "invalid"
    message = _("There is nothing in this order. Choose a course or an event first.")


class NotOnSale(Conflict):
    code = "not_on_sale"
    message = _("This is not on sale at the moment. Look at what else is open.")


class OpensNothing(NotOnSale):
    """Same code: programs need not tell a plan off sale from one whose courses this person may not see."""

    message = _(
        "There is nothing to learn in this plan for you at the moment, so it is not on sale. Look at what else is open."
    )


class SubscriptionsNotOpen(Conflict):
    code = "subscriptions_not_open"
    message = _(
        "This plan is paid every month or year, and such plans can't be bought yet. Choose one that is paid once."
    )


class AlreadyBought(Conflict):
    code = "already_enrolled"
    message = _("You already have access to what this opens. Find it under My learning.")


class MixedCurrencies(Conflict):
    code = "mixed_currencies"
    message = _("These items are sold in different currencies. Order them one by one.")


class PriceChanged(Conflict):
    code = "price_changed"
    message = _("The price has changed since you saw it. Check the new price and confirm again.")


class FormOutdated(Conflict):
    """The form carries the id of an order that isn't this person's."""

    code = "form_outdated"
    message = _("This form is out of date. Open the page again and send it from there.")


class BadCoupon(Invalid):
    """The coupon can't be used here at all."""

    code = "coupon_not_valid"

    def __init__(self, message: str) -> None:
        super().__init__(message, fields={"coupon": [message]})


class CouponUsedUp(Conflict):
    code = "coupon_used_up"
    message = _("This coupon has reached its limit of uses. Order without it.")

    def __init__(self) -> None:
        super().__init__(fields={"coupon": [str(self.message)]})


class ForeignReturnUrl(Invalid):
    code = "foreign_address"
    message = _("Buyers can be sent back to this academy's own addresses only.")

    def __init__(self, field: str) -> None:
        super().__init__(fields={field: [str(self.message)]})


class OrderNotPending(Conflict):
    code = "order_not_pending"
    message = _("This order is no longer open. Check its status again.")


class OrderPaid(Conflict):
    code = "order_paid"
    message = _("This order is paid, so it can't be cancelled. Ask the academy for a refund instead.")


class PaymentProcessing(Conflict):
    code = "payment_processing"
    message = _("Your payment is being processed. We will email you when it has arrived; please don't pay again.")


class SessionJustOpened(Conflict):
    code = "payment_page_open"
    message = _("A payment page for this order was opened just now. Try again in a moment.")


class PaymentNotTaken(Conflict):
    code = "payment_not_taken"
    message = _("The payment provider does not accept this payment. Tell the academy the number of your order.")


class PaymentsNotSetUp(Conflict):
    code = "payments_not_set_up"
    message = _("This academy can't take payments yet. Try again when it has connected its payment account.")


class ProviderUnavailable(Unavailable):
    code = "payment_provider_unavailable"
    message = _("The payment provider can't be reached. You have not been charged: try again in a moment.")


class SessionNotOpened(ProviderUnavailable):
    """The order is stored, and the same attempt is asked for its session again."""

    message = _(
        "The payment provider can't be reached. You have not been charged and your order is saved: pay it in a moment."
    )


class OrderNotFound(NotFound):
    message = _("There is no such order.")


class SeatGone(Conflict):
    code = "sold_out"
    message = _("The seat was held for you until the time to pay ran out, and somebody else has it now.")


class NothingToRefund(Conflict):
    code = "nothing_to_refund"
    message = _("Everything that was paid for this order has been refunded.")


class LineAlreadyRefunded(Conflict):
    code = "line_given_back"
    message = _("This line has been refunded already. Enter an amount to refund more.")


class RefundTooLarge(Conflict):
    code = "refund_too_large"
    message = _("This is more than what was paid and not yet refunded. Enter a smaller amount.")


class RefundChanged(Conflict):
    code = "refund_changed"
    message = _("The amount that can be refunded has changed since you saw it. Check it again and confirm.")


class RefundRefused(Conflict):
    code = "refund_refused"
    message = _("The payment provider refused this refund. The order's history says why.")


class MayNotRefund(Forbidden):
    message = _("Refunds are made by the academy's finance staff. Ask them, or the owner.")


class MayNotRecordPayment(Forbidden):
    message = _("Payments are recorded by the academy's finance staff. Ask them, or the owner.")


class NotRecordedByHand(Conflict):
    code = "not_recorded_by_hand"
    message = _("The payment provider reports payments of this order by itself, so they can't be recorded here.")


class AlreadyRecorded(Conflict):
    code = "already_recorded"
    message = _("This has been recorded already, with another reference. See its history.")


class ReferenceUsed(Conflict):
    code = "reference_used"
    message = _("This reference belongs to another payment. Check it, or add something to tell them apart.")

    def __init__(self) -> None:
        super().__init__(fields={"reference": [str(self.message)]})


class NothingToRecord(Conflict):
    code = "nothing_to_record"
    message = _("There is no payment of this order to record.")
