from django.apps import AppConfig


class OpenidConfig(AppConfig):
    """The OpenID provider: who signs in elsewhere with us, and what those services may know."""

    name = "mandat.openid"

    def ready(self) -> None:
        """
        Read the outside providers: a file that is wrong stops the start.

        :raises ImproperlyConfigured: saying what is wrong in it
        """
        from mandat.openid.outside.providers import providers

        providers()
