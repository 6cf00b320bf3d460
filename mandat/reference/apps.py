from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "mandat.reference"
