"""Journey: pay with Stripe, be enrolled by its webhook, complete the course, verify the certificate."""

import pytest

from academies.kernel import clock
from academies.people.models import User
from commerce.certificates import actions as certificates
from commerce.certificates.models import Certificate
from commerce.checkout.models import Order, PaymentAttempt
from commerce.enrolments.models import Enrolment
from commerce.learning import actions as learning
from lyceum_dev.standins.stripe.harness import ASKS, DECLINED
from tests.e2e import course_factory
from tests.e2e.clients import PASSWORD
from tests.fixtures.webhook_receiver import wait_until

pytestmark = [pytest.mark.threads, pytest.mark.slow]


@pytest.fixture
def course(academy):
    page = course_factory.course()
    course_factory.plan(page)
    return page


def _sign_up(visitor, full_name="Lena Learner"):
    email = f"{full_name.split()[0].lower()}@journeys.example"
    form = {"full_name": full_name, "email": email, "password1": PASSWORD, "date_of_birth": "1990-04-01"}
    page = visitor.get("/account/signup/").fill("/account/signup/", **form)
    assert page.status == 200
    assert "/account/signup/" not in page.at, page.words
    return User.objects.get(email=email)


# --- over the API ---------------------------------------------------------------------------------------------------
def test_a_program_buys_learns_and_proves(academy, worker, standin, course):
    learner, stranger = academy.program(), academy.program()
    learner.sign_up("Lena Learner")

    # Buy.
    bought = learner.post("/api/v1/checkout/", {"items": [{"plan": course.slug}]})
    order = bought["order"]
    assert (order["status"], order["total"]) == ("pending", {"amount_minor": 4900, "currency": "EUR"})
    assert learner.get("/api/v1/enrollments/")["count"] == 0
    standin.pay(bought["payment"]["url"])
    wait_until(lambda: learner.get(f"/api/v1/orders/{order['id']}/")["status"] == "paid")
    wait_until(lambda: learner.get("/api/v1/enrollments/")["count"] == 1)

    # Learn.
    (section,) = learner.get(f"/api/v1/courses/{course.pk}/sections/")["results"]
    text, video, quiz = learner.get(f"/api/v1/sections/{section['id']}/lectures/")["results"]
    assert [item["kind"] for item in (text, video, quiz)] == ["text", "video", "quiz"]
    assert "Feed it" in learner.get(f"/api/v1/lectures/{text['id']}/")["body"]["html"]
    progress = learner.post(f"/api/v1/lectures/{text['id']}/progress/", {"viewed": True}, expect=200)
    assert (progress["percent"], progress["completed"]) == (100, True)
    watched = {"watched": [[0, 2], [1, 3]], "position_seconds": 3}
    progress = learner.post(f"/api/v1/lectures/{video['id']}/progress/", watched, expect=200)
    assert (progress["completed"], progress["position_seconds"]) == (False, 3), "three seconds can't have passed yet"
    wait_until(lambda: learner.post(f"/api/v1/lectures/{video['id']}/progress/", watched, expect=200)["completed"])
    assert learner.get("/api/v1/enrollments/")["results"][0]["percent"] < 100
    paper = learner.post(f"/api/v1/quizzes/{quiz['quiz_id']}/start/")
    (question,) = paper["questions"]
    right = next(item["id"] for item in question["options"] if item["text"] == course_factory.RIGHT)
    answers = {"answers": {question["id"]: [right]}}
    graded = learner.post(f"/api/v1/quiz-attempts/{paper['id']}/submit/", answers, expect=200)
    assert (graded["percent"], graded["passed"]) == (100, True)
    assert learner.post(f"/api/v1/quiz-attempts/{paper['id']}/submit/", answers, expect=200) == graded

    # Prove.
    (enrolment,) = learner.get("/api/v1/enrollments/")["results"]
    assert (enrolment["status"], enrolment["percent"]) == ("completed", 100)
    wait_until(lambda: learner.get("/api/v1/certificates/")["count"] == 1)
    (certificate,) = learner.get("/api/v1/certificates/")["results"]
    assert (certificate["holder"], certificate["title"]) == ("Lena Learner", "Sourdough")
    pdf = learner.get(f"/api/v1/certificates/{certificate['id']}/download/")
    assert pdf.startswith(b"%PDF-")
    seen = stranger.get(f"/api/v1/certificates/verify/{certificate['code']}/")
    assert (seen["holder"], seen["status"]) == ("Lena Learner", "valid")
    assert "lena@" not in str(seen)


def test_the_questions_of_an_attempt_never_reveal_the_answer_key(academy, worker, course):
    learner = academy.program()
    person = User.objects.get(email=learner.sign_up("Lena Learner")["user"]["email"])
    course_factory.lesson_factory.enrolled(person, course)
    quiz = course_factory.lesson_factory.lessons_of(course)[-1]

    shown = [
        learner.ask("GET", f"/api/v1/lectures/{quiz.pk}/").text,
        learner.ask("GET", f"/api/v2/courses/{course.pk}/").text,
        learner.ask("POST", f"/api/v1/quizzes/{quiz.pk}/start/", {}).text,
    ]

    for text in shown:
        assert '"right"' not in text
        assert "accepted" not in text
        assert "tolerance" not in text


def test_a_card_that_is_declined_enrols_nobody_and_may_be_followed_by_one_that_pays(academy, worker, standin, course):
    learner = academy.program()
    learner.sign_up("Lena Learner")
    bought = learner.post("/api/v1/checkout/", {"items": [{"plan": course.slug}]})
    order, url = bought["order"]["id"], bought["payment"]["url"]

    standin.pay(url, DECLINED)
    assert learner.get(f"/api/v1/orders/{order}/")["status"] == "pending"
    standin.pay(url, ASKS)
    standin.confirm(url)

    wait_until(lambda: learner.get(f"/api/v1/orders/{order}/")["status"] == "paid")
    wait_until(lambda: learner.get("/api/v1/enrollments/")["count"] == 1)
    assert Enrolment.objects.count() == 1


def test_the_same_checkout_sent_twice_buys_once(academy, worker, standin, course):
    learner = academy.program()
    learner.sign_up("Lena Learner")
    payload = {"items": [{"plan": course.slug}]}

    first = learner.post("/api/v1/checkout/", payload, Idempotency_Key="one-loaf")
    again = learner.post("/api/v1/checkout/", payload, Idempotency_Key="one-loaf")
    other = learner.ask("POST", "/api/v1/checkout/", {"items": []}, Idempotency_Key="one-loaf")

    assert first == again
    assert other.status_code == 422
    assert Order.objects.count() == PaymentAttempt.objects.count() == 1


def test_a_message_repeated_twenty_times_settles_once(academy, worker, standin, course):
    learner = academy.program()
    learner.sign_up("Lena Learner")
    bought = learner.post("/api/v1/checkout/", {"items": [{"plan": course.slug}]})
    standin.pay(bought["payment"]["url"])
    wait_until(lambda: learner.get("/api/v1/enrollments/")["count"] == 1)
    paid = [delivery["event"] for delivery in standin.deliveries()]
    assert paid

    for event in paid * 5:
        standin.redeliver(event)
    wait_until(lambda: len(standin.deliveries()) >= 1)

    assert Order.objects.get().status == "paid"
    assert Enrolment.objects.count() == 1


def test_nobody_is_enrolled_by_a_message_that_stripe_did_not_sign(academy, worker, standin, course):
    learner = academy.program()
    learner.sign_up("Lena Learner")
    learner.post("/api/v1/checkout/", {"items": [{"plan": course.slug}]})
    forged = {"id": "evt_forged", "object": "event", "type": "checkout.session.completed", "data": {"object": {}}}

    bare = academy.program().ask("POST", "/hooks/stripe/", forged)
    signed = academy.program().ask("POST", "/hooks/stripe/", forged, Stripe_Signature="t=1,v1=00")

    assert (bare.status_code, signed.status_code) == (400, 400)
    assert Order.objects.get().status == "pending"


def test_a_course_that_costs_names_its_plans_and_a_free_one_opens(academy, worker, course):
    free = course_factory.course("Kneading basics")
    course_factory.plan(free, price_minor=0)
    learner = academy.program()
    learner.sign_up("Lena Learner")

    refused = learner.post(f"/api/v1/courses/{course.pk}/enroll/", expect=402)
    opened = learner.post(f"/api/v1/courses/{free.pk}/enroll/")
    again = learner.post("/api/v1/enrollments/", {"course": free.pk}, expect=409)

    assert refused["code"] == "payment_required"
    assert course.slug in str(refused)
    assert (opened["course"]["id"], opened["status"]) == (free.pk, "active")
    assert again["status"] == 409


def test_a_refund_ends_what_was_bought(academy, worker, standin, course):
    learner, finance = academy.program(), academy.program()
    learner.sign_up("Lena Learner")
    email = academy.person("Fina Finance", "Finance").email
    finance.token = finance.post("/api/v1/auth/login/", {"email": email, "password": PASSWORD}, 200)["access_token"]
    bought = learner.post("/api/v1/checkout/", {"items": [{"plan": course.slug}]})
    order = bought["order"]["id"]
    standin.pay(bought["payment"]["url"])
    wait_until(lambda: learner.get("/api/v1/enrollments/")["count"] == 1)
    text = course_factory.lesson_factory.lessons_of(course)[0]
    payload = {"reason": "changed her mind", "entitlements": "cancel_immediately"}

    refused = learner.ask("POST", f"/api/v1/orders/{order}/refund/", payload)
    finance.post(f"/api/v1/orders/{order}/refund/", payload)

    assert refused.status_code == 403
    wait_until(lambda: learner.get(f"/api/v1/orders/{order}/")["status"] == "refunded")
    wait_until(lambda: learner.ask("GET", f"/api/v1/lectures/{text.pk}/").status_code == 403)


# --- as a page without JavaScript -----------------------------------------------------------------------------------
def test_a_visitor_without_javascript_buys_learns_and_proves(academy, worker, standin, course):
    visitor = academy.visitor()
    text, video, quiz = course_factory.lesson_factory.lessons_of(course)
    # The video is watched by a player, which needs JavaScript; without one it counts as read here.
    video.delete()

    # From the course to the checkout, by way of an account.
    page = visitor.get(course.url)
    (buy, *_) = [link["href"] for link in page.soup.find_all("a") if "/checkout/plan/" in link.get("href", "")]
    assert visitor.get(buy).at.startswith("/account/login/")
    _sign_up(visitor)
    review = visitor.get(buy)
    assert "€49" in review.words
    pay = review.fill()
    assert pay.status == 302
    assert pay.leads_to.startswith(standin.base_url)

    # Pay, and come back.
    assert "Sourdough" in standin.look(pay.leads_to).text
    back = visitor.get(standin.pay(pay.leads_to).location)
    assert back.status == 200
    assert "Thank you" in back.words
    wait_until(lambda: Enrolment.objects.exists())
    order = Order.objects.get()
    for shown in (f"/checkout/orders/{order.pk}/", "/my/"):
        assert f"Order {order.number}" in visitor.get(shown).words

    # Learn.
    lesson = visitor.get(text.url)
    assert "Feed it every morning." in lesson.words
    on = lesson.fill("/complete/")
    assert on.at == quiz.url, on.words
    question = on.fill("/quiz/")
    right = next(label for label in question.soup.find_all("label") if course_factory.RIGHT in label.get_text()).input
    result = question.fill(**{right["name"]: right["value"]})
    assert "Passed" in result.words
    assert "100%" in result.words

    # Prove.
    wait_until(lambda: Certificate.objects.exists())
    mine = visitor.get("/my/")
    pdf = next(link["href"] for link in mine.soup.find_all("a") if "/download/" in link["href"])
    proof = next(link["href"] for link in mine.soup.find_all("a") if "/verify/" in link["href"])
    assert visitor.get(pdf).answer.content.startswith(b"%PDF-")
    shown = academy.visitor().get(proof)
    assert "This certificate is valid" in shown.words
    assert "Lena Learner" in shown.words
    assert "lena@journeys.example" not in shown.text


def test_who_stops_at_the_payment_page_may_try_again(academy, worker, standin, course):
    visitor = academy.visitor()
    _sign_up(visitor)
    pay = visitor.get(f"/checkout/plan/{course.slug}/").fill()

    back = visitor.get(standin.cancel(pay.leads_to).location)

    assert back.status == 200
    assert "Nothing was charged" in back.words
    again = next(link["href"] for link in back.soup.find("main").find_all("a") if "Try again" in link.get_text())
    assert visitor.get(again).leads_to.startswith(standin.base_url)
    assert not Enrolment.objects.exists()


def test_a_revoked_certificate_says_so_to_strangers(academy, worker):
    owner, lena = academy.person("Olga Owner", "Owner"), academy.person("Lena Learner")
    course = course_factory.course(lessons=[course_factory.TEXT])
    enrolment = course_factory.lesson_factory.enrolled(lena, course)
    learning.mark_viewed(
        enrolment=enrolment, lesson=course_factory.lesson_factory.lessons_of(course)[0], now=clock.now()
    )
    wait_until(lambda: Certificate.objects.exists())
    certificate = Certificate.objects.get()
    assert "This certificate is valid" in academy.visitor().get(f"/verify/{certificate.code}/").words

    certificates.revoke(certificate=certificate, by=owner, reason="a slip", now=clock.now())

    assert "has been revoked" in academy.visitor().get(f"/verify/{certificate.code}/").words
    assert academy.program().get(f"/api/v1/certificates/verify/{certificate.code}/")["status"] == "revoked"
    assert academy.program().ask("GET", "/api/v1/certificates/verify/NO-SUCH-CODE/").status_code == 404
    assert academy.visitor().get("/verify/NO-SUCH-CODE/").status == 404
