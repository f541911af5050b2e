"""Shared by the endpoints of `/api/v1/` in all apps. No tables.

    serializers   strict validation of request bodies
    lists         numbered pages

Requests are typed strictly, because the OpenAPI document says so and clients are generated from it. Django REST framework
itself reads 1 as true and "5" as 5, which HTML forms need; no forms are sent here.
"""
