"""HTML of the hosted page, which states throughout that no money moves."""

from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from commerce.gateways.stripe.amounts import stripe_digits
from lyceum_dev.standins.stripe import test_cards
from lyceum_dev.standins.stripe.store import Json

_SIGNS = {"eur": "€", "gbp": "£", "usd": "$", "jpy": "¥"}

_STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8")


def shown(amount: int, currency: str) -> str:
    digits = stripe_digits(currency.upper())
    number = f"{amount / 10**digits:,.{digits}f}"
    sign = _SIGNS.get(currency)
    return f"{sign}{number}" if sign else f"{number} {currency.upper()}"


def pay(session: Json, error: str = "") -> str:
    total = shown(session["amount_total"], session["currency"])
    alert = f'<p class="bad" role="alert" id="problem">{escape(error)}</p>' if error else ""
    card = _card_fields(error) if session["amount_total"] else ""
    return _page(
        f"Pay {total}",
        f"""{_summary(session)}
<section class="card" aria-labelledby="how"><h2 id="how">Pay by card</h2>{alert}
<form method="post" action="/c/pay/{session["id"]}">{_email_field(session)}{card}
<button name="action" value="pay">Pay {escape(total)}</button>{_cancel(session)}</form>{_hints()}</section>""",
    )


def confirm(session: Json) -> str:
    total = escape(shown(session["amount_total"], session["currency"]))
    return _page(
        "Confirm your payment",
        f"""<section class="card"><h1>Your test bank asks</h1><p class="sum">{total}</p>
<p>This card wants its holder to agree first (3-D Secure). Did you ask for this payment?</p>
<form method="post" action="/c/pay/{session["id"]}/confirm">
<button name="action" value="complete">Yes, complete the payment</button>
<button class="quiet" name="action" value="fail">No, fail it</button></form></section>""",
        narrow=True,
    )


def done(session: Json) -> str:
    back = escape(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))
    where = escape(_host(session["success_url"]))
    total = escape(shown(session["amount_total"], session["currency"]))
    return _page(
        "Paid",
        f"""<section class="card"><h1>This is paid</h1><p class="sum">{total}</p>
<p>Nothing more will be charged. <a href="{back}">Go back to {where}</a></p></section>""",
        narrow=True,
    )


def expired(session: Json) -> str:
    url = session["cancel_url"] or ""
    back = f' <a href="{escape(url)}">Go back to {escape(_host(url))}</a>' if url else ""
    return _page(
        "This page has expired",
        f"""<section class="card"><h1>This payment page has expired</h1><p class="sum">Nothing was charged</p>
<p>Start again from the order to get a fresh page.{back}</p></section>""",
        narrow=True,
    )


def missing() -> str:
    return _page(
        "No such page",
        """<section class="card"><h1>There is no payment page here</h1>
<p>The address may be mistyped, or the stand-in was started afresh since.</p></section>""",
        narrow=True,
    )


def _page(title: str, body: str, *, narrow: bool = False) -> str:
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} – test payment page</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head>
<body><header class="note"><strong>Test payment page.</strong> No money moves and no real card works here.</header>
<main{' class="narrow"' if narrow else ""}>{body}</main></body></html>"""


def _summary(session: Json) -> str:
    currency = session["currency"]
    rows = "".join(
        f"<tr><th scope=row>{escape(line['description'])}{_each(line, currency)}</th>"
        f"<td>{escape(shown(line['amount_total'], currency))}</td></tr>"
        for line in session["_lines"]
    )
    total = escape(shown(session["amount_total"], currency))
    about = session["_intent"].get("description") or _host(session["success_url"])
    return f"""<section aria-labelledby="what"><h1 id="what">{escape(about)}</h1><p class="sum">{total}</p>
<table><caption>What you pay for</caption><tbody>{rows}</tbody>
<tfoot><tr><th scope="row">Total</th><td>{total}</td></tr></tfoot></table></section>"""


def _each(line: Json, currency: str) -> str:
    if line["quantity"] == 1:
        return ""
    return f"<small>{line['quantity']} × {escape(shown(line['price']['unit_amount'], currency))}</small>"


def _email_field(session: Json) -> str:
    if session["customer_email"]:
        return f'<p class="soft">Receipt to {escape(session["customer_email"])}</p>'
    return """<div class="field"><label for="email">E-mail</label>
<input id="email" name="email" type="email" autocomplete="email"></div>"""


def _card_fields(error: str) -> str:
    invalid = ' aria-invalid="true" aria-describedby="problem" autofocus' if error else ""
    choices = "".join(
        f'<option value="{_grouped(card.number)}">{escape(card.hint)}</option>' for card in test_cards.hinted()
    )
    return f"""<div class="field"><label for="card">Card number</label>
<input id="card" name="card_number" inputmode="numeric" autocomplete="off" maxlength="23" list="cards" required
placeholder="4242 4242 4242 4242"{invalid}><datalist id="cards">{choices}</datalist></div>
<div class="pair"><div class="field"><label for="exp">Expiry <small>(optional)</small></label>
<input id="exp" name="exp" placeholder="12 / 34" autocomplete="off" inputmode="numeric" maxlength="9"></div>
<div class="field"><label for="cvc">CVC <small>(optional)</small></label>
<input id="cvc" name="cvc" placeholder="123" autocomplete="off" inputmode="numeric" maxlength="4"></div></div>"""


def _cancel(session: Json) -> str:
    if not session["cancel_url"]:
        return ""
    where = escape(_host(session["cancel_url"]))
    return f"""
<button class="quiet" name="action" value="cancel" formnovalidate>Cancel and go back to {where}</button>"""


def _hints() -> str:
    rows = "".join(f"<dt>{_grouped(card.number)}</dt><dd>{escape(card.hint)}</dd>" for card in test_cards.hinted())
    return f'<p class="soft" style="margin:1.5rem 0 0">Cards to try:</p><dl>{rows}</dl>'


def _grouped(number: str) -> str:
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))


def _host(url: str) -> str:
    return urlsplit(url).hostname or url
