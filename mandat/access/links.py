"""The edges a right is a path of, and why one may not hold. Pure: no database, no clock."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from mandat.access.rights import Right

#: What the state of a registration reads as when the block asked about is not among those accepted.
WITHOUT_THE_BLOCK = "without_the_block"
#: The same, when the block is accepted in a version from before the service asked about was added to it.
WITHOUT_THE_VERSION = "without_the_version"


class Kind(TextChoices):
    """What may stand between an enterprise and a person, in the order in which the rows are locked."""

    ENTERPRISE = "enterprise", _("Compte de l’entreprise")
    REGISTRATION = "registration", _("Inscription aux services en ligne")
    PERSON = "person", _("Personne")
    RA = "ra", _("Désignation comme représentant autorisé")
    RSE = "rse", _("Désignation comme responsable des services électroniques")
    PROXY = "proxy", _("Procuration")
    EXTERNAL = "external", _("Procuration à une organisation mandataire")
    MANDATARY = "mandatary", _("Compte de l’organisation mandataire")
    MEMBER = "member", _("Utilisateur de l’organisation mandataire")
    LEADER = "leader", _("Responsable des services électroniques de l’organisation mandataire")
    NAMING = "naming", _("Habilitation par l’organisation mandataire")
    ASSIGNMENT = "assignment", _("Affectation du personnel")


#: What stands between an enterprise and a person of an organisation that acts for it.
BY_MANDATARY = frozenset({Kind.EXTERNAL, Kind.MANDATARY, Kind.MEMBER, Kind.LEADER, Kind.NAMING})


class Ground(IntegerChoices):
    """Why an edge does not hold, from the furthest from holding to the nearest."""

    ABSENT = 1, _("Inexistant")
    BLOCK_NOT_ACCEPTED = 2, _("Bloc fonctionnel non choisi par l’entreprise")
    VERSION_NOT_ACCEPTED = 3, _("Nouvelle version du bloc fonctionnel pas encore acceptée par l’entreprise")
    ENDED = 4, _("Terminé")
    REVOKED = 5, _("Révoqué")
    NOT_YET = 6, _("Pas encore en vigueur")
    INACTIVE = 7, _("Dans un état qui ne donne aucun droit")
    NOT_CARRIED = 8, _("En vigueur, mais sans ce droit")
    UNCONFIRMED = 9, _("En attente d’une seconde personne")
    SUSPENDED = 10, _("Suspendu")


@dataclass(frozen=True)
class Matter:
    """What, inside a block, a question is about."""

    version: int = 1  # of the block: the one that opened the service asked about
    subject: UUID | None = None  # the one thing asked about, such as a filing


#: Any service that the block has had from its first version, and no one thing in particular.
WHATEVER = Matter()

#: From when to when something was suspended; without an end, it still is.
Pause = tuple[datetime, datetime | None]


@dataclass(frozen=True)
class Link:
    """One edge, as it stands: what it carries, from when, until when, and who gave it."""

    kind: Kind
    public_id: UUID
    state: str = ""  # the state, the role or the block, as the row has it
    carries: frozenset[Right] = frozenset()
    start: datetime | None = None
    end: datetime | None = None
    revoked_at: datetime | None = None
    given_by: str | None = None  # the public id of the person who gave it
    provider: int | None = None  # a proxy counts only with the provider it names
    pauses: tuple[Pause, ...] = ()  # when it was, or is, suspended
    awaits: bool = False  # it carries nothing until a second person confirms it
    mandatary: int | None = None  # the organisation that it speaks of, on the way through one
    under: int | None = None  # the external proxy that it is, or that it was named under
    subject: UUID | None = None  # a proxy on one thing, such as a filing, counts for that one only

    def ground_against(self, right: Right, at: datetime) -> Ground | None:
        """Return why the edge does not carry a right at an instant, or None when it does."""
        if self.state == WITHOUT_THE_BLOCK:
            return Ground.BLOCK_NOT_ACCEPTED
        if self.state == WITHOUT_THE_VERSION:
            return Ground.VERSION_NOT_ACCEPTED
        return self._ground_of_dates(at) or self._ground_within(right, at)

    def _ground_of_dates(self, at: datetime) -> Ground | None:
        if self.revoked_at is not None and self.revoked_at <= at:
            return Ground.REVOKED
        if self.end is not None and self.end <= at:
            return Ground.ENDED
        if self.start is not None and at < self.start:
            return Ground.NOT_YET
        return None

    def _ground_within(self, right: Right, at: datetime) -> Ground | None:
        if not self.carries:
            return Ground.INACTIVE
        if right not in self.carries:
            return Ground.NOT_CARRIED
        if self.awaits:
            return Ground.UNCONFIRMED
        return Ground.SUSPENDED if self.is_suspended(at) else None

    def is_in_force(self, at: datetime) -> bool:
        """Tell whether its dates hold, whatever it carries."""
        has_begun = (self.start is None or self.start <= at) and not self.awaits and not self.is_suspended(at)
        return has_begun and (self.end is None or at < self.end) and (self.revoked_at is None or at < self.revoked_at)

    def is_suspended(self, at: datetime) -> bool:
        """Tell whether it is set aside at an instant."""
        return bool(self.pauses) and any(start <= at and (end is None or at < end) for start, end in self.pauses)

    def continues(self, chain: tuple["Link", ...]) -> bool:
        """Tell whether the edge speaks of the same provider, mandatary and external proxy as those before it."""
        return all(
            _is_same(self.provider, each.provider)
            and _is_same(self.mandatary, each.mandatary)
            and _is_same(self.under, each.under)
            for each in chain
        )

    def as_record(self) -> dict[str, str]:
        """Return the edge as it is kept beside an act and shown to programs."""
        dates = {"start": self.start, "end": self.end, "revoked_at": self.revoked_at}
        record = {"kind": self.kind.value, "id": str(self.public_id), "state": self.state}
        record |= {name: date.isoformat() for name, date in dates.items() if date}
        record |= {"subject": str(self.subject)} if self.subject else {}
        return record | ({"given_by": self.given_by} if self.given_by else {})


def _is_same(one: int | None, other: int | None) -> bool:
    return one is None or other is None or one == other
