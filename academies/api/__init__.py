"""What the endpoints of `/api/v1/` in every room share. No tables.

    serializers   what a request may hold
    lists         numbered pages

Requests are typed strictly, because the OpenAPI document says so and clients are generated from it. Django REST framework
alone reads 1 as true and "5" as 5, as HTML forms need; nobody sends forms here.
"""
