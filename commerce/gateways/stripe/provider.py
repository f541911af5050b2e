from commerce.gateways.providers import Provider

PROVIDER = Provider(
    name="stripe",
    label="Stripe",
    gateway="commerce.gateways.stripe.adapter.StripeGateway",
    options={"api_base": "STRIPE_API_BASE"},
    account={"secret_key": "STRIPE_SECRET_KEY", "webhook_secret": "STRIPE_WEBHOOK_SECRET"},
)
