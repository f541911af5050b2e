from rest_framework.authentication import BaseAuthentication


class BearerAuthentication(BaseAuthentication):
    """An access token in the Authorization header."""

    def authenticate(self, request):  # type: ignore[no-untyped-def]
        return None

    def authenticate_header(self, request) -> str:  # type: ignore[no-untyped-def]
        return "Bearer"
