"""The Content-Security-Policy of HTML pages.

It is the same for every request to a path, so that pages can be cached: it has no nonce.
"""

from typing import Any

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp's middleware for HTML only, with separate policies for Wagtail's admin and the API's documentation."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_html = response.get("Content-Type", "").startswith("text/html")
        # Responses with their own stricter policy, such as documents, keep it.
        if not is_html or "Content-Security-Policy" in response:
            return response
        return super().process_response(request, response)

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and parts.config is None:
            parts.config = policy_for(request.path_info)["DIRECTIVES"]
        return parts


def policy_for(path: str) -> dict[str, Any]:
    """Return the policy of the pages below a path."""
    if path.startswith(reverse("wagtailadmin_home")):
        return settings.ADMIN_CONTENT_SECURITY_POLICY
    return settings.API_DOCS_CONTENT_SECURITY_POLICY if path.startswith("/api/") else settings.CONTENT_SECURITY_POLICY
