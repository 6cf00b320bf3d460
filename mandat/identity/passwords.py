"""How passwords are kept, and which are accepted (SP 800-63B-4: length, no composition rule, no periodic change)."""

import re
import unicodedata
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mandat.identity import policy
from mandat.platform.clock import now
from mandat.platform.text import fold

if TYPE_CHECKING:
    from mandat.identity.models import Login

#: What the product and its kind are called: the first words that somebody who guesses tries.
OF_THE_PRODUCT = ("mandat", "autorite", "regulateur", "procuration", "clicsequr")
#: What everybody chooses here, in the language that lists of leaked passwords know least.
OF_EVERYBODY = (
    "motdepasse",
    "mot de passe",
    "azerty",
    "azertyuiop",
    "bonjour",
    "soleil",
    "quebec",
    "montreal",
    "canada",
)
#: Along which one slides a finger.
RUNS = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiopasdfghjklzxcvbnm", "azertyuiopqsdfghjklmwxcvbn")
#: Words shorter than this are in every phrase.
A_WORD, FEWEST_DIFFERENT = 3, 4
REPEATED = re.compile(r"(.{1,16}?)\1+(.*)", re.DOTALL)


class Argon2OneLane(Argon2PasswordHasher):
    """Argon2id with one lane: a sign-in never takes two cores, and some 30 ms of one (OWASP's second profile)."""

    time_cost = 2
    memory_cost = 19_456  # KiB
    parallelism = 1


def normalised(password: str) -> str:
    """Return a password as it is hashed: the same letters typed on two keyboards are one password."""
    return unicodedata.normalize("NFKC", password)


def check_new_password(password: str, login: "Login", *, words: Collection[str] = ()) -> None:
    """
    Ask of a new password what is asked of any; and that it be not made of these words, such as the names of firms.

    :raises ValidationError: saying what is wrong with it
    """
    validate_password(password, login)
    NotMadeOfOnesOwnWords(words).validate(password, login)


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

    def get_help_text(self, user: "Login | None" = None) -> str:
        """Return what is asked of a new password; of one beside a second factor, if its login has one."""
        return self._words(self._shortest(user))

    def _shortest(self, user: "Login | None") -> int:
        from mandat.identity.second_factor import has_second_factor

        has_one = user is not None and user.pk is not None and has_second_factor(user)
        return policy.limit(policy.PASSWORD_WITH_SECOND_FACTOR if has_one else policy.PASSWORD_ALONE, now())

    def _words(self, shortest: int) -> str:
        return _("Le mot de passe doit compter au moins %(count)d caractères. Une phrase convient très bien.") % {
            "count": shortest
        }


class NotTooLong:
    """Refuses what is longer than anybody types or a password manager makes; it is never cut short in silence."""

    def validate(self, password: str, user: "Login | None" = None) -> None:  # noqa: ARG002
        """
        Refuse a password that is too long.

        :raises ValidationError: saying how long it may be
        """
        longest = policy.limit(policy.PASSWORD_LONGEST, now())
        if len(normalised(password)) > longest:
            message = _("Le mot de passe peut compter jusqu’à %(count)d caractères. Raccourcissez-le.")
            raise ValidationError(message % {"count": longest}, code="password_too_long")

    def get_help_text(self) -> str:
        """Return nothing: nobody needs to be told."""
        return ""


class NotWhatEverybodyChooses(CommonPasswordValidator):
    """Refuses what is on the list of leaked passwords, or one of them repeated, or a run of the keyboard."""

    def validate(self, password: str, user: "Login | None" = None) -> None:  # noqa: ARG002
        """
        Refuse a password that is tried first.

        :raises ValidationError: if it is
        """
        plain = "".join(fold(normalised(password)).split())
        alone = plain.strip("0123456789!?.,-_*#$ ")
        if self._is_common(plain) or self._is_common(alone) or _is_repeated(plain, self._is_common) or _is_a_run(plain):
            message = _("Ce mot de passe est parmi les premiers que l’on essaie. Prenez plutôt une phrase à vous.")
            raise ValidationError(message, code="password_too_common")

    def get_help_text(self) -> str:
        """Return nothing: nobody needs to be told before."""
        return ""

    def _is_common(self, plain: str) -> bool:
        return plain in self.passwords or plain in OF_EVERYBODY


def _is_repeated(plain: str, is_common: Callable[[str], bool]) -> bool:
    """Return whether a password is one thing over and over: too few signs, or a common word, or a run."""
    if len(set(plain)) < FEWEST_DIFFERENT:
        return True
    found = REPEATED.fullmatch(plain)
    if found is None or not found[1].startswith(found[2]):
        return False
    return len(found[1]) <= A_WORD or is_common(found[1]) or _is_a_run(found[1])


def _is_a_run(plain: str) -> bool:
    return any(plain in run * 3 or plain in run[::-1] * 3 for run in RUNS)


class NotMadeOfOnesOwnWords:
    """Refuses a password that is little more than the person’s names, addresses and codes, or the firm’s."""

    def __init__(self, words: Collection[str] = ()) -> None:
        self.words = words

    def validate(self, password: str, user: "Login | None" = None) -> None:
        """
        Refuse a password in which too few signs are left besides those words.

        :raises ValidationError: if there are
        """
        plain = "".join(each for each in fold(normalised(password)) if each.isalnum())
        left = plain
        for word in sorted(self._words_of(user), key=len, reverse=True):
            left = left.replace(word, " ")
        own = sum(each.isalpha() for each in left)
        if left != plain and own < policy.limit(policy.PASSWORD_OWN_SIGNS, now()):
            message = _("Ce mot de passe est fait de votre nom, de votre adresse, de votre code ou du nom de la firme.")
            raise ValidationError(
                f"{message} {_('Prenez une phrase qui n’en parle pas.')}", code="password_of_own_words"
            )

    def get_help_text(self) -> str:
        """Return nothing: nobody needs to be told before."""
        return ""

    def _words_of(self, user: "Login | None") -> set[str]:
        said = [*self.words, *OF_THE_PRODUCT]
        if user is not None and user.pk is not None:
            from mandat.identity.queries import link_of

            link = link_of(user)
            said += [user.user_code, user.email, str(link.person) if link else ""]
        words = [word for each in said for word in (each, *re.split(r"\W+", each))]
        folded = {"".join(sign for sign in fold(word) if sign.isalnum()) for word in words}
        return {word for word in folded if len(word) >= A_WORD}
