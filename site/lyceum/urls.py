"""All URLs of all apps."""

from collections.abc import Callable

from django.http import Http404, HttpResponseBase
from django.urls import include, path, re_path
from django.views.defaults import page_not_found
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from academies.people import api_v1 as people
from academies.people import views as people_views
from catalog.events import views as event_views
from catalog.library import documents
from catalog.library.views import media
from commerce.certificates import api_v1 as certificates
from commerce.certificates import views as certificate_views
from commerce.checkout import api_v1 as checkout
from commerce.checkout import order_views, seat_views
from commerce.checkout import views as checkout_views
from commerce.enrolments import api_v1 as enrolments
from commerce.enrolments import views as enrolment_views
from commerce.learning import api_v1 as learning
from commerce.learning import views as learning_views
from commerce.storefront import api_v1 as storefront
from commerce.storefront import views as storefront_views
from home.pages.crawlers import llms, sitemap
from home.pages.origins import origins
from home.pages.queries import brand_colour
from home.pages.views import brand_css, robots
from lyceum.api.openapi import V1Generator, V2Generator
from lyceum.api.routers import v1, v2
from lyceum.api.unknown_address import page_or_redirect, unknown_address
from lyceum.health import HealthView


def docs(schema: str) -> Callable[..., HttpResponseBase]:
    """Return the page that shows the OpenAPI document of this name."""
    return SpectacularSwaggerView.as_view(url_name=schema, http_method_names=["get", "head"])


LIST, ONE = {"get": "list"}, {"get": "retrieve"}

# --- /api/v1/: single routes that are no viewset; viewsets are in api.py --------------------------------------------
v1_routes = [
    path("auth/signup/", people.SignUpView.as_view()),
    path("auth/register/", people.SignUpView.as_view()),
    path("auth/login/", people.SignInView.as_view()),
    path("auth/refresh/", people.RefreshView.as_view()),
    path("auth/logout/", people.SignOutView.as_view()),
    path("auth/profile/", people.ProfileView.as_view()),
    path("auth/health/", HealthView.as_view()),
    path("auth/verify-email/", people.VerifyEmailView.as_view()),
    path("auth/verify-email/resend/", people.ResendVerificationView.as_view()),
    path("auth/password-reset/", people.ResetPasswordView.as_view()),
    path("auth/password-reset-confirm/", people.ConfirmResetView.as_view()),
    path("auth/password-change/", people.ChangePasswordView.as_view()),
    path("auth/sessions/", people.SignInsView.as_view()),
    path("auth/sessions/revoke-all/", people.RevokeAllView.as_view()),
    path("auth/sessions/<uuid:pk>/", people.SignInSessionView.as_view()),
    path("users/me/", people.MeView.as_view()),
    path("users/me/settings/", people.SettingsView.as_view()),
    path("users/me/social/", people.SocialView.as_view()),
    path("users/me/skills/", people.SkillsView.as_view()),
    path("users/me/skills/<uuid:pk>/", people.SkillView.as_view()),
    path("schema/", SpectacularAPIView.as_view(generator_class=V1Generator), name="schema"),
    path("docs/", docs("schema"), name="api_docs"),
    path("courses/", storefront.Courses.as_view(LIST)),
    path("courses/categories/", storefront.Categories.as_view(LIST)),
    path("courses/categories/<int:pk>/", storefront.Categories.as_view(ONE)),
    path("courses/<int:pk>/", storefront.Courses.as_view(ONE)),
    path("courses/<int:pk>/instructors/", storefront.CourseInstructors.as_view(LIST)),
    path("instructors/", storefront.Instructors.as_view(LIST)),
    path("instructors/<int:pk>/", storefront.Instructors.as_view(ONE)),
    path("events/", storefront.Events.as_view(LIST)),
    path("events/<int:pk>/", storefront.Events.as_view(ONE)),
    path("courses/<int:pk>/enroll/", enrolments.EnrolView.as_view()),
    path("courses/<int:pk>/sections/", learning.SectionsView.as_view()),
    path("sections/<int:pk>/lectures/", learning.LecturesView.as_view()),
    path("lectures/<int:pk>/", learning.LectureView.as_view()),
    path("lectures/<int:pk>/progress/", learning.ProgressView.as_view()),
    path("lectures/<int:pk>/quiz/", learning.QuizView.as_view()),
    path("lectures/<int:pk>/notes/", learning.LectureNotesView.as_view()),
    path("lectures/<int:pk>/bookmarks/", learning.LectureBookmarksView.as_view()),
    path("enrollments/<uuid:pk>/progress/", learning.EnrolmentProgressView.as_view()),
    path("enrollments/<uuid:pk>/notes/", learning.EnrolmentNotesView.as_view()),
    path("enrollments/<uuid:pk>/bookmarks/", learning.EnrolmentBookmarksView.as_view()),
    path("notes/<uuid:pk>/", learning.NoteView.as_view()),
    path("bookmarks/<uuid:pk>/", learning.BookmarkView.as_view()),
    path("certificates/verify/<str:code>/", certificates.VerifyView.as_view()),
    path("quizzes/<int:pk>/start/", learning.StartView.as_view()),
    path("quiz-attempts/<uuid:pk>/", learning.AttemptView.as_view()),
    path("quiz-attempts/<uuid:pk>/save/", learning.SaveView.as_view()),
    path("quiz-attempts/<uuid:pk>/submit/", learning.SubmitView.as_view()),
    path("quiz-attempts/<uuid:pk>/result/", learning.ResultView.as_view()),
    path("checkout/", checkout.CheckoutView.as_view(own_origins=origins)),
    *v1.urls,
]

handler500 = "lyceum.errors.server_error"

urlpatterns = [
    # --- API and webhooks
    path("api/v1/", include(v1_routes)),
    path("api/v2/schema/", SpectacularAPIView.as_view(generator_class=V2Generator), name="v2_schema"),
    path("api/v2/docs/", docs("v2_schema"), name="v2_docs"),
    path("api/v2/", v2.urls),
    re_path(r"^api/", unknown_address),
    path("hooks/<slug:provider>/", checkout.WebhookView.as_view(), name="payment_webhook"),
    # --- admin
    path("admin/login/", people_views.admin_login_redirect),
    path("admin/failwhale/", page_not_found, {"exception": Http404()}),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/<int:document_id>/<path:document_filename>", documents.serve, name="wagtaildocs_serve"),
    # Not Wagtail's whole list of documents: its view of a file must have no second address.
    path(
        "documents/authenticate_with_password/<int:restriction_id>/",
        people_views.unlock_collection,
        name="wagtaildocs_authenticate_with_password",
    ),
    # --- site
    path("checkout/plan/<slug:slug>/", checkout_views.review_plan, name="checkout_plan"),
    path("checkout/offering/<uuid:pk>/", checkout_views.review_offering, name="checkout_offering"),
    path("checkout/orders/<uuid:pk>/", order_views.order, name="order"),
    path("checkout/orders/<uuid:pk>/done/", order_views.order_done, name="order_done"),
    path("checkout/orders/<uuid:pk>/pay/", order_views.pay, name="order_pay"),
    path("checkout/orders/<uuid:pk>/cancel/", order_views.cancel, name="order_cancel"),
    path("my/orders/", order_views.orders, name="my_orders"),
    path("events/register/<uuid:pk>/", enrolment_views.register, name="event_register"),
    path("courses/enrol/<int:pk>/", enrolment_views.enrol, name="course_enrol"),
    path("my/registrations/<uuid:pk>/cancel/", seat_views.cancel_seat, name="registration_cancel"),
    path("calendar/dates/<uuid:pk>.ics", event_views.date, name="calendar_date"),
    path("calendar/events.ics", event_views.calendar, name="calendar"),
    path("calendar/me/<slug:token>.ics", enrolment_views.my_calendar, name="my_calendar"),
    path("my/", storefront_views.my_learning, name="my_learning"),
    path(
        "my/certificates/<uuid:pk>/download/",
        certificate_views.DownloadView.as_view(brand_colour=brand_colour),
        name="certificate_download",
    ),
    path("learn/lesson/<int:lesson_id>/complete/", learning_views.complete_lesson, name="lesson_done"),
    path("learn/courses/<uuid:pk>/finish/", learning_views.complete_course, name="course_finish"),
    path("learn/quiz/<int:lesson_id>/", learning_views.start_quiz, name="quiz_start"),
    path("learn/quiz/attempts/<uuid:pk>/", learning_views.take_quiz, name="quiz_attempt"),
    path("learn/quiz/attempts/<uuid:pk>/result/", learning_views.result, name="quiz_result"),
    path("verify/", certificate_views.verify_form, name="verify_form"),
    path("verify/<str:code>/", certificate_views.verify, name="verify"),
    path("media/<path:path>", media),
    # Wagtail's own sign-in page and password form for restricted pages.
    path("_util/login/", people_views.login_redirect),
    path(
        "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/",
        people_views.unlock_page,
        name="wagtailcore_authenticate_with_password",
    ),
    path("account/email/", people_views.not_found),
    path("account/", include("allauth.account.urls")),
    path("brand.css", brand_css, name="brand_css"),
    # --- crawlers
    path("docs/", page_or_redirect, {"path": "docs/", "name": "api_docs"}),
    path("schema/", page_or_redirect, {"path": "schema/", "name": "schema"}),
    path("sitemap.xml", sitemap),
    path("robots.txt", robots),
    path("llms.txt", llms),
    # --- everything else is a Wagtail page
    path("", include(wagtail_urls)),
]
