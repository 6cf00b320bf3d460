from django.apps import AppConfig


class OpenidConfig(AppConfig):
    """The OpenID provider: who signs in elsewhere with us, and what those services may know."""

    name = "mandat.openid"
