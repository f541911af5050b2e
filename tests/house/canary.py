"""An academy full of canaries: every table that people read from holds a word that no other academy may ever say."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils.text import slugify
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Collection, Site

from academies.inbox.models import Event
from academies.journal import actions as journal
from academies.kernel import clock
from academies.kernel.codes import readable, uuid7
from academies.notices.models import Delivery
from academies.people import actions as people
from academies.people.models import User
from academies.tenants.context import here
from catalog.courses.models import CourseInstructor, Instructor
from catalog.events.models import Venue
from catalog.library.models import AcademyDocument
from catalog.library.queries import PUBLIC_COLLECTION
from commerce.certificates.models import Certificate
from commerce.checkout.models import Order, OrderLine, PaymentAttempt, Refund
from commerce.enrolments.models import Registration
from commerce.learning import actions as learning
from commerce.learning.models import Bookmark, Note
from home.pages.models import Brand, HomePage, StandardPage
from tests.catalog import world
from tests.commerce import classroom

CANARY = "zinnoberkolibri"
# The same key and e-mail in both academies: whoever looks somebody up by them alone finds the wrong one.
PASSWORD = "Lyceum-demo-1"
TWIN = uuid.UUID("0190a000-0000-7000-8000-00000000beef")
EMAIL = "twin@twins.example"


def twin(name: str, *roles: str) -> User:
    """Make the same person in the academy entered, under another name."""
    made = User.objects.create_user(EMAIL, PASSWORD, id=TWIN, full_name=name)
    for role in roles:
        people.give_role(person=made, role=role)
    return made


@dataclass
class Aviary:
    """Where the canaries sit: the thing of each place by the part of a path before it, and pages by their addresses."""

    things: dict[str, Any] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def plant() -> Aviary:
    """Fill the academy entered. Its person of that key and e-mail owns all of it."""
    person, now = twin(f"Tweety {CANARY}", "Owner"), clock.now()
    teacher = Instructor.objects.create(
        name=f"Maren {CANARY}", slug=f"maren-{CANARY}", biography=f"<p>{CANARY}</p>", portrait=world.picture(CANARY)
    )
    venue = Venue.objects.create(
        name=f"Hall {CANARY}", slug=f"hall-{CANARY}", address=CANARY, city=CANARY, country="GB"
    )
    course = classroom.course(
        f"Course {CANARY}", (classroom.TEXT, classroom.VIDEO, classroom.quiz()), slug=f"course-{CANARY}", cover=world.picture(f"Loaf {CANARY}"),
        category=world.category(f"Bread {CANARY}"), description=f"<p>{CANARY}</p>",
    )  # fmt: skip
    CourseInstructor.objects.create(course=course, instructor=teacher)
    text, film, paper = classroom.lessons_of(course)
    text.free_preview = True
    text.save_revision().publish()
    plan = world.plan(course, title=f"Plan {CANARY}")
    event = world.event(f"Event {CANARY}", venue=venue, joining_instructions=CANARY, price=3500)
    offering = event.offerings.get()
    page = HomePage.objects.get().add_child(instance=StandardPage(title=f"About {CANARY}", slug=f"about-{CANARY}"))
    redirect = Redirect.objects.create(
        old_path=f"/old-{CANARY}", redirect_link=f"https://elsewhere.example/{CANARY}", site=Site.objects.get()
    )
    sheet = AcademyDocument.objects.create(
        title=f"Sheet {CANARY}",
        file=ContentFile(CANARY.encode(), f"{CANARY}.pdf"),
        collection=Collection.objects.get(name=PUBLIC_COLLECTION),
    )
    Brand.objects.update(name=f"Brand {CANARY}", tagline=CANARY, footer=CANARY)

    enrolment = classroom.enrolled(person, course)
    attempt, _ = learning.start(enrolment=enrolment, lesson=paper, now=now)
    note = Note.objects.create(enrolment=enrolment, lesson_key=film.translation_key, text=CANARY)
    bookmark = Bookmark.objects.create(enrolment=enrolment, lesson_key=film.translation_key, title=CANARY)
    registration = Registration.objects.create(
        person=person, offering=offering, status="confirmed", created_at=now, confirmed_at=now, answers={"diet": CANARY}
    )
    order = Order.objects.create(
        number=4711, person=person, status="paid", currency="GBP", subtotal_minor=4900, total_minor=4900, billing={"name": CANARY},
        created_at=now, expires_at=now + timedelta(hours=1), paid_at=now,
    )  # fmt: skip
    OrderLine.objects.create(order=order, plan=plan, title=f"Plan {CANARY}", unit_minor=4900, total_minor=4900)
    payment = PaymentAttempt.objects.create(
        order=order, provider="stripe", reference=f"cs_{CANARY}", payment_reference=f"pi_{CANARY}", url=f"https://pay.example/{CANARY}",
        status="paid", amount_minor=4900, currency="GBP", created_at=now, confirmed_at=now,
    )  # fmt: skip
    refund = Refund.objects.create(
        attempt=payment,
        reference=f"re_{CANARY}",
        status="succeeded",
        amount_minor=100,
        currency="GBP",
        reason=CANARY,
        by=person,
        created_at=now,
    )
    certificate = Certificate.objects.create(
        code=readable(), person=person, enrolment=enrolment, holder=f"Tweety {CANARY}", title=f"Course {CANARY}", academy=CANARY,
        issued_on=now.date(), created_at=now,
    )  # fmt: skip
    fact = Event.objects.create(
        source="stripe",
        account=here(),
        external_id=f"evt_{CANARY}",
        kind=f"checkout.{CANARY}",
        payload={"x": CANARY},
        received_at=now,
    )
    Delivery.objects.create(
        id=uuid7(),
        key=CANARY,
        kind="order_paid",
        person=person,
        to=f"{CANARY}@twins.example",
        context={"x": CANARY},
        created_at=now,
    )
    journal.record("house.canary", of=order, by=person, at=now, said=CANARY)
    world.indexed()
    return Aviary(
        things=_things(
            courses=course.pk, sections=film.get_parent().pk, lectures=film.pk, quizzes=paper.pk, enrollments=enrolment.pk,
            orders=order.pk, registrations=registration.pk, certificates=certificate.pk, notes=note.pk, bookmarks=bookmark.pk,
            pages=page.pk, images=course.cover_id, documents=sheet.pk, redirects=redirect.pk, events=event.pk,
            instructors=teacher.pk, categories=course.category_id, venues=venue.pk, plans=plan.pk, offerings=offering.pk,
        ) | {
            "api/v1/courses/categories/": course.category_id, "api/v1/quiz-attempts/": attempt.pk, "api/v1/certificates/verify/": certificate.code, "verify/": certificate.code,
            "checkout/plan/": plan.slug, "checkout/offering/": offering.pk, "checkout/orders/": order.pk, "courses/enrol/": course.pk,
            "events/register/": offering.pk, "my/registrations/": registration.pk, "my/certificates/": certificate.pk,
            "learn/lesson/": text.pk, "learn/quiz/": paper.pk, "learn/quiz/attempts/": attempt.pk, "documents/": sheet.pk,
            f"documents/{sheet.pk}/": sheet.filename, "media/": course.cover.file.name,
            "admin/checkout/order/inspect/": order.pk, "admin/checkout/paymentattempt/inspect/": payment.pk,
            "admin/checkout/refund/inspect/": refund.pk, "admin/inbox/event/inspect/": fact.pk,
            "admin/enrolments/enrolment/inspect/": enrolment.pk, "admin/enrolments/registration/inspect/": registration.pk,
            "admin/certificates/certificate/inspect/": certificate.pk, "admin/people/user/inspect/": person.pk,
            "admin/pages/": course.pk, "admin/images/": course.cover_id, "admin/documents/edit/": sheet.pk,
            "admin/snippets/courses/instructor/edit/": teacher.pk, "admin/snippets/plans/plan/edit/": plan.pk,
        },
        files=[course.cover.get_rendition("width-40").url, sheet.url],
        addresses=[course.url, text.url, film.url, event.url, page.url, "/", "/courses/", "/events/", f"/old-{CANARY}/"],
    )  # fmt: skip


def _things(**by_name: Any) -> dict[str, Any]:
    return {f"api/{version}/{slugify(name)}/": pk for name, pk in by_name.items() for version in ("v1", "v2")}
