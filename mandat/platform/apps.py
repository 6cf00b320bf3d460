from django.apps import AppConfig


class PlatformConfig(AppConfig):
    """What every context stands on, with no word of the trade."""

    name = "mandat.platform"
