"""Requests to the lectures API."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

API = "/api/v1"


def post(client: Client, path: str, body: Any = None, method: str = "post") -> HttpResponse:
    return getattr(client, method)(API + path, json.dumps(body or {}), content_type="application/json")
