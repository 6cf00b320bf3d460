"""What a service may ask to know, by scope. Facts only: no scope carries a right."""

from collections.abc import Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    """A part of what we know of a person, in the words of the consent page."""

    OPENID = "openid", _("Un identifiant qui ne sert qu’à ce service, et comment vous êtes entré")
    PROFILE = "profile", _("Votre nom et votre langue")
    EMAIL = "email", _("Votre courriel")
    ENTERPRISE = "enterprise", _("L’entreprise pour laquelle vous agissez : son nom et son NEQ")


#: What each scope lets be known, by the names of OpenID Connect; `enterprise` is ours.
CLAIMS: dict[Scope, tuple[str, ...]] = {
    Scope.OPENID: ("sub",),
    Scope.PROFILE: ("name", "given_name", "family_name", "locale"),
    Scope.EMAIL: ("email",),
    Scope.ENTERPRISE: ("enterprise",),
}


def known(asked: Iterable[str], *, allowed: Iterable[str]) -> tuple[str, ...]:
    """Return, of what is asked, what exists and the client may ask, each once, in our order."""
    wanted = set(asked) & set(allowed)
    return tuple(each.value for each in Scope if each.value in wanted)


def labels(scopes: Iterable[str]) -> list[str]:
    """Return scopes as a person reads them."""
    kept = set(scopes)
    return [str(each.label) for each in Scope if each.value in kept]
