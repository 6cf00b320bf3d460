"""Who is acting, through which login, and how surely that was established."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices

from mandat.identity.models import Login, Person


class Method(TextChoices):
    """A way to prove who one is."""

    PASSWORD = "password"  # noqa: S105 - the name of a method
    TOTP = "totp"
    RECOVERY_CODE = "recovery_codes"
    PASSKEY = "webauthn"
    EMAIL_CODE = "email_code"
    REMEMBERED_DEVICE = "remembered_device"  # no factor: it only says why none was asked
    OUTSIDE = "outside"  # an outside provider’s word: for one factor, for two, for one that resists phishing
    OUTSIDE_TWO_FACTORS = "outside_2f"
    OUTSIDE_PHISHING_RESISTANT = "outside_pr"


class Assurance(TextChoices):
    """How surely a session knows its person, weakest first."""

    NONE = "none"
    ONE_FACTOR = "one_factor"
    TWO_FACTORS = "two_factors"
    PHISHING_RESISTANT = "phishing_resistant"


RESIST_PHISHING = frozenset({Method.PASSKEY, Method.OUTSIDE_PHISHING_RESISTANT})
FIRST_FACTORS = frozenset({Method.PASSWORD, Method.OUTSIDE})
SECOND_FACTORS = frozenset({Method.TOTP, Method.RECOVERY_CODE, Method.EMAIL_CODE})


@dataclass(frozen=True)
class Actor:
    """A person acting through a login. `at` is when they last proved who they are; `methods` is how."""

    person: Person
    login: Login
    at: datetime
    assurance: str
    methods: tuple[str, ...]


def assurance_of(methods: Collection[str]) -> Assurance:
    """Return how sure a set of methods makes us."""
    if not RESIST_PHISHING.isdisjoint(methods):
        return Assurance.PHISHING_RESISTANT
    if Method.OUTSIDE_TWO_FACTORS in methods:
        return Assurance.TWO_FACTORS
    proven = (not FIRST_FACTORS.isdisjoint(methods)) + (not SECOND_FACTORS.isdisjoint(methods))
    return (Assurance.NONE, Assurance.ONE_FACTOR, Assurance.TWO_FACTORS)[proven]


def actor_of(login: Login, *, person: Person, at: datetime, methods: Collection[str]) -> Actor:
    """Return the actor that a login stands for, once its methods have been proven."""
    return Actor(person, login, at, str(assurance_of(methods)), tuple(methods))
