from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "mandat.register"
