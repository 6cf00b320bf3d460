"""What is said of a person's sessions on a page."""

from collections.abc import Iterable, Mapping

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandat.identity.models import Session
from mandat.identity.user_code import grouped

register = template.Library()

METHODS = {
    "password": gettext_lazy("mot de passe"),
    "totp": gettext_lazy("code de validation"),
    "recovery_codes": gettext_lazy("code de secours"),
    "webauthn": gettext_lazy("clé d’accès"),
    "email_code": gettext_lazy("code reçu par courriel"),
    "remembered_device": gettext_lazy("appareil reconnu"),
}


@register.filter
def browser(session: Session) -> str:
    """Return the browser of a session in plain words."""
    if session.browser and session.system:
        return _("%(browser)s sur %(system)s") % {"browser": session.browser, "system": session.system}
    return session.browser or session.system or _("Navigateur inconnu")


register.filter("grouped", grouped)


@register.filter
def of(named: Mapping[str, str], key: str) -> str:
    """Return what a name stands for, or nothing."""
    return named.get(key, "")


@register.filter
def methods(values: Iterable[str]) -> str:
    """Return how a person proved who they are, in a few words."""
    return ", ".join(str(METHODS.get(each, each)) for each in values)
