"""A chain of authority as pages tell it: parties, and what binds each to the next, with dates and sources."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from mandat.access.decision import Decision
from mandat.access.links import Kind, Link
from mandat.access.models import Proxy
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.access.sources import Acceptance, acceptance_of, line_of
from mandat.enrolment.models import Enrolment
from mandat.enrolment.workflow import State as EnrolmentState
from mandat.enterprises.models import Designation, Enterprise
from mandat.identity.models import Person
from mandat.platform.clock import last_day, legal_day
from mandat.platform.text import day_in_words
from mandat.web.access_words import block_name
from mandat.web.chain_drawing import Drawing, drawn
from mandat.web.templatetags.words import rights


@dataclass(frozen=True)
class Stage:
    """A party of a chain, or, with a `style` of edge, what binds the one before to the one after."""

    title: str
    details: tuple[str, ...] = ()
    style: str = "party"  # party, goal, no; edge, gap
    icon: str = ""
    href: str = ""

    @property
    def is_edge(self) -> bool:
        """Tell whether it binds two parties."""
        return self.style in ("edge", "gap")


@dataclass(frozen=True)
class Chain:
    """The stages in order; the same as a drawing, and in one sentence after the other."""

    stages: tuple[Stage, ...]
    title: str = field(default_factory=lambda: _("La chaîne d’autorité"))

    @property
    def said(self) -> str:
        """Return the whole in words: what a screen reader is told of the drawing."""
        return ". ".join(" – ".join((each.title, *each.details)) for each in self.stages) + "."

    @property
    def drawing(self) -> Drawing:
        """Return the whole as shapes."""
        return drawn(self.stages)


@dataclass(frozen=True)
class Teller:
    """Who reads: those who see the accesses of the firm are led from each stage to its page."""

    firm: Enterprise | None
    at: datetime
    reader: Person | None = None
    leads: bool = False

    def chain_of(self, decision: Decision, someone: Person) -> Chain:
        """Return the chain that permits, or the one that breaks, before a right."""
        stages = list(self._begun())
        held = next((each for each in decision.chain if each.kind in (Kind.PROXY, Kind.RSE, Kind.RA)), None)
        assigned = next((each for each in decision.chain if each.kind == Kind.ASSIGNMENT), None)
        received = next((each for each in decision.chain if each.kind == Kind.EXTERNAL), None)
        named = next((each for each in decision.chain if each.kind == Kind.NAMING), None)
        if received:
            stages += self._line(received)
            stages += [self._edge(named.kind.label, named)] if named else []
            stages += [self.party(someone)]
        elif held:
            stages += self._line(held)
        elif assigned:
            stages += [self._edge(assigned.kind.label, assigned), self.party(someone)]
        else:
            stages += self._edges_held(decision)
            stages += [self.party(someone)] if decision.missing not in (Kind.ENTERPRISE, Kind.PERSON) else []
        return Chain((*stages, *(self._goal(decision) if decision else self._gap(decision, someone))))

    def chain_of_proxy(self, proxy: Proxy, *, is_broken: bool) -> Chain:
        """Return the chain that ends with a proxy and its holder, whatever it lets do now."""
        stages = [*self._begun(), *self._line(Link(Kind.PROXY, proxy.public_id))]
        if is_broken:
            stages[-2] = replace(stages[-2], style="gap")
        details = () if is_broken else (_("ne peut pas la transmettre"),)
        stages[-1] = replace(stages[-1], style="party" if is_broken else "goal", details=details)
        return Chain(tuple(stages))

    def party(self, someone: Person) -> Stage:
        """Return somebody of the firm as a stage."""
        href = reverse("firm:person", args=[self.firm.public_id, someone.public_id]) if self.leads and self.firm else ""
        details = (_("vous"),) if someone == self.reader else ()
        return Stage(str(someone), details, icon="user", href=href)

    def _begun(self) -> Iterator[Stage]:
        if self.firm is None:
            return
        approved = Enrolment.objects.filter(enterprise=self.firm, state=EnrolmentState.APPROVED).order_by("id").first()
        details: tuple[str, ...] = ()
        if approved and approved.decided_at:
            said = _("inscrite le %(day)s, demande %(number)s")
            details = (said % {"day": _day(approved.decided_at), "number": approved.number},)
        yield Stage(self.firm.name, details, icon="building-2")

    def _line(self, held: Link) -> Iterator[Stage]:
        """Yield each thing given, and to whom, from the recognition by the regulator to what is held."""
        before: Designation | Proxy | None = None
        for given in line_of(held):
            yield self._given(given, before)
            holder = given.person
            yield self.party(holder) if holder else Stage(str(getattr(given, "mandatary", "")), icon="building-2")
            before = given

    def _given(self, given: Designation | Proxy, before: "Designation | Proxy | None") -> Stage:
        if isinstance(given, Proxy):
            title = f"{_('Procuration')}{_(' :')} {block_name(given.block, self.at)}"
            details = [f"{rights(given.rights)}{', ' + _('pour une seule demande') if given.subject else ''}"]
            href = reverse("firm:proxy", args=[given.enterprise.public_id, given.public_id]) if self.leads else ""
        else:
            title, details, href = str(given.get_role_display()), [], ""
        details.append(_dates(given.during.lower, given.during.upper))
        if before is None and isinstance(given, Designation):
            details.append(self._recognized(given))
        elif isinstance(given, Proxy) and (giver := _giver(given)):
            details.append(_("accordée par %(name)s") % {"name": giver})
        if isinstance(given, Proxy) and given.confirmed_by:
            details.append(_("confirmée par %(name)s") % {"name": given.confirmed_by})
        return Stage(title, tuple(each for each in details if each), style="edge", href=href)

    def _recognized(self, given: Designation) -> str:
        """Return from whom a first designation comes: the regulator, or, where the records say less, a person."""
        if "verifier" in given.granted_under.get("capacities", []):
            return _("reconnue par l’Autorité, pièces à l’appui")
        giver = _giver(given)
        return _("par %(name)s") % {"name": giver} if giver else ""

    def _edges_held(self, decision: Decision) -> Iterator[Stage]:
        for each in decision.chain:
            if each.kind == Kind.REGISTRATION:
                yield self._edge(each.kind.label, each)

    def _edge(self, title: object, link: Link) -> Stage:
        return Stage(str(title), (_dates(link.start, link.end) or _("en vigueur"),), style="edge")

    def _goal(self, decision: Decision) -> Iterator[Stage]:
        registration = next((each for each in decision.chain if each.kind == Kind.REGISTRATION), None)
        if registration and decision.block:
            yield self._accepted(acceptance_of(registration.public_id, decision.block))
        elif decision.right in RIGHTS_OF_A_PROXY:
            yield Stage(_("permet"), style="edge")
        else:
            yield Stage(_("cette place permet"), style="edge")
        yield Stage(_label(decision.right), self._where(decision), style="goal", icon="badge-check")

    def _accepted(self, accepted: Acceptance) -> Stage:
        title = _("%(block)s, version %(version)s") % {
            "block": block_name(accepted.block, self.at), "version": accepted.version,
        }  # fmt: skip
        if accepted.at and accepted.by:
            said = _("choisi par la firme le %(day)s, par %(name)s")
            return Stage(title, (said % {"day": _day(accepted.at), "name": accepted.by},), style="edge")
        return Stage(title, (_("choisi par la firme"),), style="edge")

    def _gap(self, decision: Decision, someone: Person) -> Iterator[Stage]:
        if decision.missing is None or decision.ground is None:
            return
        details = [str(decision.ground.label)]
        if decision.nearest and (dates := _dates(decision.nearest.start, decision.nearest.end)):
            details.append(dates)
        if decision.nearest and decision.missing == Kind.PROXY:
            details.append(_("elle comprend : %(rights)s") % {"rights": rights(decision.nearest.carries).lower()})
        yield Stage(_("Il manque : %(link)s") % {"link": decision.missing.label}, tuple(details), style="gap")
        if decision.missing in (Kind.ENTERPRISE, Kind.PERSON):
            yield self.party(someone)
            yield Stage(_("sans effet"), style="gap")
        yield Stage(_label(decision.right), self._where(decision), style="no", icon="lock")

    def _where(self, decision: Decision) -> tuple[str, ...]:
        if not decision.block or self.firm is None:
            return ()
        name = block_name(decision.block, self.at)
        is_of_one = decision.matter is not None and decision.matter.subject
        return (name, _("dans une seule demande")) if is_of_one else (name,)


def _giver(given: Designation | Proxy) -> Person | None:
    giver = given.granted_under.get("person")
    return Person.objects.filter(public_id=giver).first() if giver else None


def _day(at: datetime) -> str:
    return day_in_words(legal_day(at))


def _label(right: Right | None) -> str:
    return str(right.label) if right else ""


def _dates(start: datetime | None, end: datetime | None) -> str:
    """Return since when and until when, in words; blank where nothing is dated."""
    said = {"start": _day(start) if start else "", "end": day_in_words(last_day(end)) if end else ""}
    if start and end:
        return _("du %(start)s au %(end)s") % said
    return _("depuis le %(start)s") % said if start else ""
