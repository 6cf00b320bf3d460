"""Which second factors are asked of whom: dated reference data, by the strictest place that a person holds."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices

from mandat.identity.deployment import is_demo
from mandat.platform.clock import legal_day
from mandat.reference.queries import entry


class Standing(TextChoices):
    """The strictest place that a person holds anywhere. `access` knows it; it is handed down."""

    STAFF = "staff"
    RSE = "rse"  # and the RA, who names them
    USER = "user"


class Factor(TextChoices):
    """A second factor, the strongest first. The policy names no recovery codes: they go where the application does."""

    PASSKEY = "passkey"
    TOTP = "totp"
    SPARE = "recovery_codes"
    EMAIL = "email"


@dataclass(frozen=True)
class FactorPolicy:
    """What is asked of one person: the factors accepted, the strongest first, and what the demonstration adds."""

    accepted: tuple[Factor, ...]
    only_in_demonstration: frozenset[Factor] = frozenset()
    invites_to: Factor | None = None
    remembers_devices: bool = False

    def is_met_by(self, owned: Collection[Factor]) -> bool:
        """Return whether the factors of a login are enough: one that is accepted will do."""
        return not set(self.accepted).isdisjoint(self._with_email(owned))

    def accepts(self, factor: Factor) -> bool:
        """Return whether a factor is enough; a recovery code is what the application is."""
        return (Factor.TOTP if factor == Factor.SPARE else factor) in self.accepted

    def may_lose(self, factor: Factor, *, left: Collection[Factor]) -> bool:
        """Return whether a factor may go, given those that are left: never the last that is asked for."""
        return factor not in self.accepted or self.is_met_by(left)

    def to_prove(self, owned: Collection[Factor]) -> tuple[Factor, ...]:
        """
        Return with which factors a login may prove itself, the strongest first: those that are accepted.

        One that has none of these proves itself with what it has, then is asked to set up what is missing.
        """
        usable = [each for each in Factor if each in self._with_email(owned)]
        accepted = tuple(each for each in usable if self.accepts(each))
        return accepted or tuple(usable)

    def invites(self, owned: Collection[Factor]) -> bool:
        """Return whether its holder is to be invited to add a better factor."""
        return self.invites_to is not None and self.invites_to not in owned

    def _with_email(self, owned: Collection[Factor]) -> set[Factor]:
        """Where e-mail is accepted, it stands in for those who have nothing else; it weakens nobody who has."""
        by_email = {Factor.EMAIL} if Factor.EMAIL in self.accepted and not owned else set()
        return set(owned) | by_email


def factor_policy(standing: Standing, at: datetime) -> FactorPolicy:
    """Return what is asked of persons of a standing, in this database, on that day."""
    said = entry("identity_policy", f"factors-of-{standing}", legal_day(at)).values
    usual = [Factor(each) for each in said["value"]]
    here = [Factor(each) for each in said["in_demonstration"]] if "in_demonstration" in said and is_demo() else usual
    invites_to = Factor(said["invites_to"]) if "invites_to" in said else None
    return FactorPolicy(
        tuple(here), frozenset(here) - frozenset(usual), invites_to, remembers_devices=said["remembers_devices"]
    )
