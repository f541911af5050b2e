"""Is it alive, is it ready: answered before any academy is looked up."""

from django.http import JsonResponse


class HealthMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path in ("/health/live", "/health/ready"):
            return JsonResponse({"status": "ok"})
        return self.get_response(request)
