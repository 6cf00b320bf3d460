"""How passwords are kept, and which are accepted (SP 800-63B-4: length, no composition rule, no periodic change)."""

import unicodedata
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mandat.identity import policy
from mandat.platform.clock import now

if TYPE_CHECKING:
    from mandat.identity.models import Login


class Argon2OneLane(Argon2PasswordHasher):
    """Argon2id with one lane: a sign-in never takes two cores, and some 30 ms of one (OWASP's second profile)."""

    time_cost = 2
    memory_cost = 19_456  # KiB
    parallelism = 1


def normalised(password: str) -> str:
    """Return a password as it is hashed: the same letters typed on two keyboards are one password."""
    return unicodedata.normalize("NFKC", password)


class LongEnough:
    """Asks for the length that the authentication policy asks for; a password alone must be longer."""

    def validate(self, password: str, user: "Login | None" = None) -> None:
        """
        Refuse a password that is too short.

        :raises ValidationError: saying how long it must be
        """
        shortest = self._shortest(user)
        if len(normalised(password)) < shortest:
            raise ValidationError(self._words(shortest), code="password_too_short")

    def get_help_text(self) -> str:
        """Return what is asked of a new password."""
        return self._words(self._shortest(None))

    def _shortest(self, user: "Login | None") -> int:
        from mandat.identity.second_factor import has_second_factor

        has_one = user is not None and user.pk is not None and has_second_factor(user)
        return policy.limit(policy.PASSWORD_WITH_SECOND_FACTOR if has_one else policy.PASSWORD_ALONE, now())

    def _words(self, shortest: int) -> str:
        return _("Le mot de passe doit compter au moins %(count)d caractères. Une phrase convient très bien.") % {
            "count": shortest
        }
