"""Refusals become answers here, and nowhere else."""


class RefusalMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)


def answer_problem(error, context):
    from rest_framework.views import exception_handler

    return exception_handler(error, context)
