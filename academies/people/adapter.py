"""Makes allauth's pages use the same rules, actions and emails as the API."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.people import actions, rules
from academies.people.device import device_of, set_cookie
from academies.people.facts import EmailUnverified, PasswordResetRequested
from academies.people.models import User
from academies.tenants import queries as academies


class AcademyAccountAdapter(DefaultAccountAdapter):
    def is_safe_url(self, url: str) -> bool:
        """Allow redirects to the current host only: other academies are other sites."""
        return url_has_allowed_host_and_scheme(url, {context.request.get_host()})

    def clean_email(self, email: str) -> str:
        address = rules.normal_email(email)
        problem = rules.email_problem(address)
        if problem:
            raise forms.ValidationError(_(problem))
        return address

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        try:
            return super().authenticate(request, **credentials)
        except actions.TooManyFailures as refusal:
            raise forms.ValidationError(_(refusal.message)) from refusal

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        token = actions.remember_browser(person=user, device=device_of(request), now=clock.now())
        set_cookie(response, token)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send staff to the admin and learners to LOGIN_REDIRECT_URL. A safe `next` takes precedence."""
        if request.user.has_perm("wagtailadmin.access_admin"):
            return reverse("wagtailadmin_home")
        return super().get_login_redirect_url(request)

    def set_password(self, user: User, password: str) -> None:
        actions.choose_password(
            person=user,
            password=password,
            because="password changed",
            now=clock.now(),
            device=device_of(context.request),
        )

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        outbox.publish(PasswordResetRequested(email=user.email, asked_at=clock.now().isoformat()))

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """Send the email again, to the account's own address; `sign_up` sends the first one."""
        person = emailconfirmation.email_address.user
        if not signup:
            outbox.publish(EmailUnverified(person_id=str(person.pk), asked_at=clock.now().isoformat()))

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: academies.notifications sends emails about changes, whichever view made them."""

    def get_from_email(self) -> str:
        return academies.sender()

    def format_email_subject(self, subject: str) -> str:
        return subject
