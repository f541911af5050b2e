"""`/api/v1/` of certificates: your own, and public verification."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from academies.kernel import clock
from academies.people.models import User
from academies.tenants import queries as tenants
from commerce.certificates import queries
from commerce.certificates.models import Certificate
from commerce.certificates.views import default_colour, pdf_response


class CertificateSerializer(serializers.ModelSerializer[Certificate]):
    status = serializers.SerializerMethodField()
    verify_url = serializers.SerializerMethodField()
    enrollment = serializers.UUIDField(source="enrolment_id", allow_null=True)

    class Meta:
        model = Certificate
        fields = [
            "id", "code", "title", "holder", "academy", "instructors", "issued_on", "expires_on", "hours", "credits",
            "status", "verify_url", "enrollment",
        ]  # fmt: skip

    def get_status(self, certificate: Certificate) -> str:
        return queries.effective_status(certificate, clock.now())

    def get_verify_url(self, certificate: Certificate) -> str:
        return tenants.base_url() + queries.verify_path(certificate)


class CertificateViewSet(viewsets.ReadOnlyModelViewSet[Certificate]):
    """Your certificates, the newest first."""

    # Returns the academy's colour. The router passes it, because the brand belongs to `home`, above this app.
    brand_colour: Callable[[], str] = staticmethod(default_colour)
    queryset = Certificate.objects.none()
    serializer_class = CertificateSerializer
    lookup_value_regex = "[0-9a-fA-F-]{32,36}"

    def get_queryset(self) -> Any:
        return queries.certificates_of(cast(User, self.request.user))

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True)
    def download(self, request: Request, pk: UUID) -> HttpResponse:
        """Download a certificate as a PDF. If it is no longer valid, the PDF says so."""
        return pdf_response(self.get_object(), brand_colour=self.brand_colour())


_PRINTED = ("code", "holder", "title", "issued_on", "expires_on", "hours", "credits")


class VerifiedSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    holder = serializers.CharField()
    title = serializers.CharField()
    issued_on = serializers.DateField()
    expires_on = serializers.DateField(allow_null=True)
    hours = serializers.DecimalField(max_digits=5, decimal_places=1, allow_null=True)
    credits = serializers.DecimalField(max_digits=5, decimal_places=1)
    status = serializers.ChoiceField(["valid", "revoked", "expired", "replaced"])
    valid = serializers.BooleanField()
    revoked = serializers.BooleanField()
    expired = serializers.BooleanField()
    replaced = serializers.BooleanField()


class VerifyView(APIView):
    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    @extend_schema(responses=VerifiedSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read what is printed on a certificate, and whether it is valid. Case, spaces and hyphens in the code are ignored."""
        certificate = queries.by_code(code)
        if certificate is None:
            raise Http404
        status = queries.effective_status(certificate, clock.now())
        printed = {name: getattr(certificate, name) for name in _PRINTED}
        flags = {flag: flag == status for flag in ("valid", "revoked", "expired", "replaced")}
        return Response(VerifiedSerializer({**printed, "status": status, **flags}).data)
