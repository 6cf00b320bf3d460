"""The people of the demonstration: invented, each with a sign-in at `NAME@demo.test`."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from mandat.identity.models import Login

#: The one password of every demonstration. `seed` and `demo` refuse a database that is not one.
PASSWORD = "mandat-demo-2026"  # noqa: S105 - printed at each start of a demonstration
DOMAIN = "demo.test"
_NAMESPACE = UUID("0f9f9d5c-7f0a-4c1e-9a57-9d0f1f1f9a01")


@dataclass(frozen=True)
class Someone:
    """A person to create, and the name of their sign-in."""

    sign_in: str
    given_name: str
    family_name: str
    language: str = "fr"

    @property
    def email(self) -> str:
        """Return the address of the sign-in."""
        return f"{self.sign_in}@{DOMAIN}"


PEOPLE = (
    Someone("supervisor", "Hélène", "Saint-Cyr"),
    Someone("supervisor2", "Régis", "Thériault"),
    Someone("verifier1", "Maëlle", "Ouellet"),
    Someone("verifier2", "Tarik", "Benhaddou"),
    Someone("officer", "Jean-Philippe", "Côté"),
    Someone("finance", "Noémie", "Lévesque"),
    Someone("auditor", "Ngoc Anh", "Trần"),
    Someone("ra", "Geneviève", "Archambault"),
    Someone("rse", "Claire", "Dubuc"),
    Someone("rse2", "Marc-Antoine", "Pelletier"),
    Someone("user", "Étienne", "Gagnon-Roy"),
    Someone("accountant", "Nadia", "Lavigne-Ostiguy"),
)


def key(*words: str) -> UUID:
    """Return the idempotency key of one step: the same at each run, so that a run that was cut goes on."""
    return uuid5(_NAMESPACE, " ".join(words))


def login_of(sign_in: str) -> Login:
    """
    Return the login of somebody of the demonstration, named by their sign-in with or without its domain.

    :raises Login.DoesNotExist: if nobody there has that name
    """
    return Login.objects.get(email=f"{sign_in.removesuffix('@' + DOMAIN)}@{DOMAIN}", is_active=True)
