from django.utils.translation import gettext_lazy as _

from commerce.gateways.providers import Provider

PROVIDER = Provider(
    name="manual",
    label=_("Bank transfer or cash"),
    gateway="commerce.gateways.manual.adapter.ManualGateway",
    is_remote=False,
)
