"""JSON doors of certificates: one's own, and verification for everybody."""

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
from commerce.certificates.views import pdf


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
        return queries.standing(certificate, clock.now())

    def get_verify_url(self, certificate: Certificate) -> str:
        return tenants.base_url() + queries.verify_path(certificate)


class CertificateViewSet(viewsets.ReadOnlyModelViewSet[Certificate]):
    """One's own certificates, the newest first."""

    queryset = Certificate.objects.none()
    serializer_class = CertificateSerializer
    lookup_value_regex = "[0-9a-fA-F-]{32,36}"

    def get_queryset(self) -> Any:
        return queries.of_person(cast(User, self.request.user))

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True)
    def download(self, request: Request, pk: UUID) -> HttpResponse:
        """Fetch it as a PDF. One that is no longer valid says so across the sheet."""
        return pdf(self.get_object())


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

    @extend_schema(operation_id="certificates_verify", responses=VerifiedSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Say what is printed on a certificate and whether it is valid. Case, spaces and hyphens don't matter."""
        certificate = queries.by_code(code)
        if certificate is None:
            raise Http404
        status = queries.standing(certificate, clock.now())
        shown = {name: getattr(certificate, name) for name in _PRINTED}
        flags = {flag: flag == status for flag in ("valid", "revoked", "expired", "replaced")}
        return Response(VerifiedSerializer({**shown, "status": status, **flags}).data)
