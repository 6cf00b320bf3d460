from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """The bottom layer: it imports nothing of ours."""

    name = "mandat.reference"
