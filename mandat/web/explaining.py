"""An answer explained to somebody: in a sentence, drawn, with what would open the way and who can do it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from mandat.access.causes import Effect
from mandat.access.decision import Decision
from mandat.access.links import Kind
from mandat.access.place import Place
from mandat.access.queries import Help, who_can_supply
from mandat.access.remedies import Remedy, remedy_for
from mandat.access.rights import RIGHTS_OF_STAFF, Right
from mandat.access.stopped import standings_of
from mandat.access.stopping import told
from mandat.access.words import in_words
from mandat.enterprises.models import Enterprise, ServiceRegistration
from mandat.identity.models import Person
from mandat.web.access_words import block_name
from mandat.web.chains import Chain, Teller

#: The links that a cause from outside breaks, and by which of its effects.
STOPPED = {
    (Kind.ENTERPRISE, Enterprise.State.SUSPENDED.value): Effect.SUSPEND,
    (Kind.REGISTRATION, ServiceRegistration.State.SUSPENDED.value): Effect.READ_ONLY,
}
SAID_TO_PROGRAMS = ("cause", "source_code", "since_day", "as_of_day", "repair")


@dataclass(frozen=True)
class Explained:
    """A decision about somebody, as a reader may be told of it."""

    decision: Decision
    someone: Person | None
    firm: Enterprise | None
    at: datetime
    reader: Person | None = None
    place: Place | None = None  # the reader's own in the firm

    @cached_property
    def in_words(self) -> str:
        """Return the answer in one sentence."""
        return in_words(self.decision)

    @cached_property
    def help(self) -> Help | None:
        """Return who can supply what is missing."""
        return who_can_supply(self.decision, self.firm, self.at)

    @cached_property
    def remedy(self) -> Remedy | None:
        """Return what would supply it."""
        return remedy_for(self.decision)

    @cached_property
    def causes(self) -> list[dict[str, Any]]:
        """Return what stops the firm from outside, in words, if that is what breaks the chain."""
        nearest = self.decision.nearest
        broken = (self.decision.missing, nearest.state if nearest else "")
        if self.firm is None or broken not in STOPPED:
            return []
        effect = STOPPED[broken]
        found = [each for each in standings_of(self.firm, self.at) if each.stops(self.at)]
        return [told(each, self.at) for each in found if each.outcome.effect == effect]

    @cached_property
    def block_name(self) -> str:
        """Return what the block asked about is called; blank outside a firm."""
        return block_name(self.decision.block, self.at) if self.firm and self.decision.block else ""

    @cached_property
    def chain(self) -> Chain | None:
        """Return the chain of authority, whole or broken."""
        if self.someone is None:
            return None
        teller = Teller(
            self.firm, self.at, self.reader, leads=self._may(Right.ADMINISTER) or self._may(Right.DESIGNATE)
        )
        return teller.chain_of(self.decision, self.someone)

    def _may(self, right: Right) -> bool:
        return self.place is not None and bool(self.place.decide(right))

    @cached_property
    def doing(self) -> str:
        """Return the address where the reader can do what is needed; blank if it is not theirs to do."""
        if self.firm is None or self.someone is None or not self._may(Right.ADMINISTER):
            return ""
        nearest = self.decision.nearest.public_id if self.decision.nearest else None
        to_others: dict[Remedy, tuple[str, list[Any]]] = {
            Remedy.GRANT: self._to_grant(),
            Remedy.REPLACE: ("firm:revoke", [nearest]),
            Remedy.RESTORE: ("firm:suspend_proxy", [nearest]),
            Remedy.CONFIRM: ("firm:confirm_proxy", [nearest]),
        }
        of_the_firm: dict[Remedy, tuple[str, list[Any]]] = {
            Remedy.REGISTER: ("firm:register", []),
            Remedy.CHOOSE_BLOCK: ("firm:choose_blocks", []),
            Remedy.ACCEPT_VERSION: ("firm:news", []),
        }
        offered = of_the_firm if self.someone == self.reader else of_the_firm | to_others
        if self.remedy not in offered:
            return ""
        name, arguments = offered[self.remedy]
        address = reverse(name, args=[self.firm.public_id, *arguments])
        return f"{address}?{self._ticked()}" if name == "firm:grant" else address

    @cached_property
    def asking(self) -> str:
        """Return the address where the reader can ask for what is missing; blank if asking would not help."""
        decision = self.decision
        is_own = self.someone is not None and self.someone == self.reader
        if self.firm is None or not is_own or decision.missing != Kind.PROXY or self.doing:
            return ""
        if decision.right is None or self.remedy not in (Remedy.GRANT, Remedy.REPLACE):
            return ""
        asked = urlencode({"block": decision.block or "", "right": decision.right.value})
        return f"{reverse('account:ask_rights', args=[self.firm.public_id])}?{asked}"

    def _to_grant(self) -> tuple[str, list[Any]]:
        return ("firm:grant", [self.someone.public_id if self.someone else None])

    def _ticked(self) -> str:
        right = self.decision.right.value if self.decision.right else ""
        return urlencode({self.decision.block or "": right})

    def as_record(self) -> dict[str, Any]:
        """Return the answer for programs: that of `mandat decide --json`, and what would open the way."""
        record = self.decision.as_record() | {"at": self.at.isoformat(), "in_words": self.in_words}
        if self.help:
            people = [str(each.public_id) for each in self.help.people]
            record["can_help"] = {"helper": self.help.helper.value, "people": people}
        if self.causes:
            record["stopped_by"] = [{name: each[name] for name in SAID_TO_PROGRAMS} for each in self.causes]
        if self.remedy:
            record["remedy"] = {"kind": self.remedy.value, "in_words": str(self.remedy.label)}
        return record


def why_address(decision: Decision, firm: Enterprise | None, someone: Person) -> str:
    """Return where a decision about somebody is explained."""
    right = decision.right.value if decision.right else ""
    if firm is None:
        is_of_staff = decision.right in RIGHTS_OF_STAFF
        asked = {"right": right} | ({"queue": decision.block} if decision.block else {})
        return f"{reverse('staff:why')}?{urlencode(asked)}" if is_of_staff else ""
    asked = {"right": right} | ({"block": decision.block} if decision.block else {})
    asked |= {"version": str(decision.matter.version)} if decision.matter.version > 1 else {}
    asked |= {"filing": str(decision.matter.subject)} if decision.matter.subject else {}
    return f"{reverse('firm:why', args=[firm.public_id, someone.public_id])}?{urlencode(asked)}"


def explained_to(request: HttpRequest, decision: Decision, at: datetime) -> Explained:
    """Return a refusal explained to whoever met it."""
    actor = getattr(request, "actor", None)
    someone = actor.person if actor else None
    place = getattr(request, "place", None)
    return Explained(decision, someone, getattr(request, "firm", None), at, reader=someone, place=place)
