"""An academy full of canaries: every table that people read from holds a word that no other academy may ever say."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
from catalog.courses.models import CourseInstructor, CoursePage, Instructor
from catalog.events.models import Venue
from catalog.library.models import AcademyDocument
from catalog.library.queries import PUBLIC_COLLECTION
from catalog.offerings.models import Offering
from commerce.certificates.models import Certificate
from commerce.checkout.models import Order, OrderLine, PaymentAttempt, Refund
from commerce.enrolments.models import Enrolment, Registration
from commerce.learning import actions as learning
from commerce.learning.models import Bookmark, Note
from commerce.plans.models import Plan
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

    def at_api(self, **by_name: Any) -> None:
        """Note the things of collections that both APIs may have."""
        self.things |= {
            f"api/{version}/{slugify(name)}/": pk for name, pk in by_name.items() for version in ("v1", "v2")
        }


def plant() -> Aviary:
    """Fill the academy entered. Its person of that key and e-mail owns all of it."""
    aviary, person, now = Aviary(), twin(f"Tweety {CANARY}", "Owner"), clock.now()
    aviary.things["admin/people/user/inspect/"] = person.pk
    teacher, venue = _teacher_and_venue(aviary)
    course = _course(aviary, teacher)
    plan = _plan(aviary, course)
    offering = _event(aviary, venue)
    _pages(aviary)
    enrolment = _learning(aviary, person, course, now)
    _registration(aviary, person, offering, now)
    order = _order(aviary, person, plan, now)
    _certificate(aviary, person, enrolment, now)
    _told(aviary, person, now)
    journal.record("house.canary", of=order, by=person, at=now, said=CANARY)
    aviary.addresses += ["/", "/courses/", "/events/", f"/old-{CANARY}/"]
    return aviary


def _teacher_and_venue(aviary: Aviary) -> tuple[Instructor, Venue]:
    teacher = Instructor.objects.create(
        name=f"Maren {CANARY}", slug=f"maren-{CANARY}", biography=f"<p>{CANARY}</p>", portrait=world.picture(CANARY)
    )
    venue = Venue.objects.create(
        name=f"Hall {CANARY}", slug=f"hall-{CANARY}", address=CANARY, city=CANARY, country="GB"
    )
    aviary.at_api(instructors=teacher.pk, venues=venue.pk)
    aviary.things["admin/snippets/courses/instructor/edit/"] = teacher.pk
    return teacher, venue


def _course(aviary: Aviary, teacher: Instructor) -> CoursePage:
    course = classroom.course(
        f"Course {CANARY}", (classroom.TEXT, classroom.VIDEO, classroom.quiz()), slug=f"course-{CANARY}", cover=world.picture(f"Loaf {CANARY}"),
        category=world.category(f"Bread {CANARY}"), description=f"<p>{CANARY}</p>",
    )  # fmt: skip
    CourseInstructor.objects.create(course=course, instructor=teacher)
    text, film, paper = classroom.lessons_of(course)
    text.free_preview = True
    text.save_revision().publish()
    aviary.at_api(
        courses=course.pk, sections=film.get_parent().pk, lectures=film.pk, quizzes=paper.pk, images=course.cover_id,
        categories=course.category_id,
    )  # fmt: skip
    aviary.things |= {
        "api/v1/courses/categories/": course.category_id, "courses/enrol/": course.pk, "learn/lesson/": text.pk,
        "learn/quiz/": paper.pk, "media/": course.cover.file.name, "admin/pages/": course.pk, "admin/images/": course.cover_id,
    }  # fmt: skip
    aviary.addresses += [course.url, text.url, film.url]
    aviary.files.append(course.cover.get_rendition("width-40").url)
    return course


def _plan(aviary: Aviary, course: CoursePage) -> Plan:
    plan = world.plan(course, title=f"Plan {CANARY}")
    aviary.at_api(plans=plan.pk)
    aviary.things |= {"checkout/plan/": plan.slug, "admin/snippets/plans/plan/edit/": plan.pk}
    return plan


def _event(aviary: Aviary, venue: Venue) -> Offering:
    event = world.event(f"Event {CANARY}", venue=venue, joining_instructions=CANARY, price=3500)
    offering: Offering = event.offerings.get()
    aviary.at_api(events=event.pk, offerings=offering.pk)
    aviary.things |= {"checkout/offering/": offering.pk, "events/register/": offering.pk}
    aviary.addresses.append(event.url)
    return offering


def _pages(aviary: Aviary) -> None:
    """A page of its own, one that moved, a sheet for everybody, and the brand."""
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
    aviary.at_api(pages=page.pk, documents=sheet.pk, redirects=redirect.pk)
    aviary.things |= {
        "documents/": sheet.pk, f"documents/{sheet.pk}/": sheet.filename, "admin/documents/edit/": sheet.pk,
    }  # fmt: skip
    aviary.addresses.append(page.url)
    aviary.files.append(sheet.url)


def _learning(aviary: Aviary, person: User, course: CoursePage, now: datetime) -> Enrolment:
    enrolment = classroom.enrolled(person, course)
    _, film, paper = classroom.lessons_of(course)
    attempt, _ = learning.start(enrolment=enrolment, lesson=paper, now=now)
    note = Note.objects.create(enrolment=enrolment, lesson_key=film.translation_key, text=CANARY)
    bookmark = Bookmark.objects.create(enrolment=enrolment, lesson_key=film.translation_key, title=CANARY)
    aviary.at_api(enrollments=enrolment.pk, notes=note.pk, bookmarks=bookmark.pk)
    aviary.things |= {
        "api/v1/quiz-attempts/": attempt.pk, "learn/quiz/attempts/": attempt.pk,
        "admin/enrolments/enrolment/inspect/": enrolment.pk,
    }  # fmt: skip
    return enrolment


def _registration(aviary: Aviary, person: User, offering: Offering, now: datetime) -> None:
    registration = Registration.objects.create(
        person=person, offering=offering, status="confirmed", created_at=now, confirmed_at=now, answers={"diet": CANARY}
    )
    aviary.at_api(registrations=registration.pk)
    aviary.things |= {
        "my/registrations/": registration.pk, "admin/enrolments/registration/inspect/": registration.pk,
    }  # fmt: skip


def _order(aviary: Aviary, person: User, plan: Plan, now: datetime) -> Order:
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
        attempt=payment, reference=f"re_{CANARY}", status="succeeded", amount_minor=100, currency="GBP", reason=CANARY, by=person,
        created_at=now,
    )  # fmt: skip
    aviary.at_api(orders=order.pk)
    aviary.things |= {
        "checkout/orders/": order.pk, "admin/checkout/order/inspect/": order.pk,
        "admin/checkout/paymentattempt/inspect/": payment.pk, "admin/checkout/refund/inspect/": refund.pk,
    }  # fmt: skip
    return order


def _certificate(aviary: Aviary, person: User, enrolment: Enrolment, now: datetime) -> None:
    made = Certificate.objects.create(
        code=readable(), person=person, enrolment=enrolment, holder=f"Tweety {CANARY}", title=f"Course {CANARY}", academy=CANARY,
        issued_on=now.date(), created_at=now,
    )  # fmt: skip
    aviary.at_api(certificates=made.pk)
    aviary.things |= {
        "api/v1/certificates/verify/": made.code, "verify/": made.code, "my/certificates/": made.pk,
        "admin/certificates/certificate/inspect/": made.pk,
    }  # fmt: skip


def _told(aviary: Aviary, person: User, now: datetime) -> None:
    """What the provider told the academy, and what the academy told its person."""
    fact = Event.objects.create(
        source="stripe", account=here(), external_id=f"evt_{CANARY}", kind=f"checkout.{CANARY}", payload={"x": CANARY},
        received_at=now,
    )  # fmt: skip
    Delivery.objects.create(
        id=uuid7(), key=CANARY, kind="order_paid", person=person, to=f"{CANARY}@twins.example", context={"x": CANARY},
        created_at=now,
    )  # fmt: skip
    aviary.things["admin/inbox/event/inspect/"] = fact.pk
