from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "mandat.identity"
