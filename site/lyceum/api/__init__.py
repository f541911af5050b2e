"""What every endpoint of the JSON API shares.

routers          the endpoints of `/api/v1/` and `/api/v2/`
middleware       problems for errors, the envelope, caching headers
parsers          JSON request bodies
renderers        JSON response bodies
pagination       numbered pages
errors           refusals and exceptions as problem+json
idempotency      repeated POSTs
throttling       rate limits
cors             requests from other origins
openapi          the OpenAPI document
unknown_address  404 for addresses that no endpoint has
"""
