from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Persons, logins, second factors."""

    name = "mandat.identity"
