"""What a page may load, sent with every HTML page; for now browsers only report what breaks the policy.

The policy is the same for every request to a path, so a kept page carries the right one. A nonce would differ each time.
"""

from typing import Any

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp's own, for HTML only, with a policy of its own for Wagtail's admin."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_html = response.get("Content-Type", "").startswith("text/html")
        # A response with a stricter policy of its own, such as a document's, keeps that one alone.
        if not is_html or "Content-Security-Policy" in response:
            return response
        return super().process_response(request, response)

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if report_only and parts.config is None and request.path_info.startswith(_admin()):
            parts.config = settings.ADMIN_CONTENT_SECURITY_POLICY_REPORT_ONLY["DIRECTIVES"]
        return parts


def _admin() -> Any:
    return reverse("wagtailadmin_home")
