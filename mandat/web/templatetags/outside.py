"""The outside providers that one may enter by."""

from django import template

from mandat.openid.outside.providers import Provider, providers

register = template.Library()


@register.simple_tag
def outside_providers() -> list[Provider]:
    """Return the outside providers, in the operator's order."""
    return list(providers().values())
