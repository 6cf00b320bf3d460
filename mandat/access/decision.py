"""The one decision: who may act. Pure rules on a standing, and the gate that every command passes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain as chained
from typing import Any

from django.db.models import Model, QuerySet

from mandat.access.last_use import note_use
from mandat.access.links import BY_MANDATARY, WHATEVER, Ground, Kind, Link, Matter
from mandat.access.rights import RIGHTS_OF_A_PROXY, RIGHTS_OF_A_ROLE, RIGHTS_OF_STAFF, Right
from mandat.access.standing import standing_of
from mandat.enterprises.models import Enterprise
from mandat.identity.actor import Actor
from mandat.identity.models import Person
from mandat.platform.clock import now
from mandat.platform.effects import require_transaction

__all__ = [
    "AccessDenied", "Authority", "Decision", "Ground", "Kind", "Link", "Matter", "QuestionIncomplete", "Right",
    "RightWithoutRule", "decide", "decide_each", "evaluate", "holds_under_lock", "require", "require_one_of",
]  # fmt: skip


class RightWithoutRule(KeyError):
    """No rule says who holds this right: a fault of the program, never a yes."""


class QuestionIncomplete(ValueError):
    """The right asked about lies in an enterprise, or in a block, that the question does not name."""


@dataclass(frozen=True)
class Decision:
    """The answer. A permit carries its chain; a refusal its ground and the nearest missing link."""

    chain: tuple[Link, ...] = ()
    ground: Ground | None = None
    missing: Kind | None = None
    nearest: Link | None = None  # the edge of the missing kind that came nearest to holding, if there is one
    right: Right | None = None
    block: str | None = field(default=None, compare=False)  # the block, or the queue, that was asked about
    matter: Matter = field(default=WHATEVER, compare=False)  # and what it was about there

    def __bool__(self) -> bool:
        return self.ground is None

    def as_record(self) -> dict[str, Any]:
        """Return the answer for programs."""
        record: dict[str, Any] = {"decision": bool(self), "chain": [link.as_record() for link in self.chain]}
        if self.right is not None:
            record["right"] = self.right.value
        if self.ground is not None and self.missing is not None:
            record["missing"] = {"kind": self.missing.value, "ground": self.ground.name.lower()}
            if self.nearest:
                record["missing"] |= {"nearest": self.nearest.as_record()}
        return record


#: What the way through a mandatary may stand in for. The way is read only by whoever lacks these: most have one.
_BESIDES = (Kind.PROXY, Kind.RSE)
_IN_A_BLOCK = (Kind.ENTERPRISE, Kind.REGISTRATION, Kind.PERSON)
#: Through an organisation that acts for the enterprise, to a person of its own, user or RSE there, whom it named.
_MEMBER = (Kind.EXTERNAL, Kind.MANDATARY, Kind.MEMBER, Kind.NAMING)
_LEADER = (Kind.EXTERNAL, Kind.MANDATARY, Kind.LEADER, Kind.NAMING)
#: What each right is a path of. When two paths permit, the first is recorded: the narrower right that was enough.
PATHS: Mapping[Right, Sequence[tuple[Kind, ...]]] = {
    **dict.fromkeys(
        RIGHTS_OF_A_PROXY, tuple((*_IN_A_BLOCK, *way) for way in ((Kind.PROXY,), (Kind.RSE,), _MEMBER, _LEADER))
    ),
    Right.ADMINISTER: ((Kind.ENTERPRISE, Kind.PERSON, Kind.RSE),),
    Right.DESIGNATE: ((Kind.ENTERPRISE, Kind.PERSON, Kind.RA),),
    **dict.fromkeys(RIGHTS_OF_STAFF, ((Kind.PERSON, Kind.ASSIGNMENT),)),
}


def paths_of(right: Right) -> Sequence[tuple[Kind, ...]]:
    """
    Return the paths that carry a right.

    :raises RightWithoutRule: if none is written
    """
    try:
        return PATHS[right]
    except KeyError as unknown:
        raise RightWithoutRule(right) from unknown


def evaluate(standing: Sequence[Link], right: Right, at: datetime, block: str | None = None) -> Decision:
    """Apply the rules: no database, no clock. The block, or the queue, is only carried along."""
    answers = []
    for path in paths_of(right):
        answer = follow(path, standing, right, at, block)
        if answer:
            return answer
        answers.append(answer)
    return max(answers, key=_reach)


def follow(  # noqa: PLR0913, PLR0917 - one step of a walk
    path: Sequence[Kind], standing: Sequence[Link], right: Right, at: datetime, block: str | None = None,
    chain: tuple[Link, ...] = (),
) -> Decision:  # fmt: skip
    """
    Follow one path for as long as its edges hold, from where the chain has come.

    Of several edges that hold the last is tried first, then the others: two registrations may accept one block, each
    with its own provider, and a proxy counts with one of them.
    """
    if len(chain) == len(path):
        return Decision(chain, right=right, block=block)
    kind = path[len(chain)]
    edges = [(link.ground_against(right, at), link) for link in standing if link.kind == kind and link.continues(chain)]
    holding = [link for ground, link in reversed(edges) if ground is None]
    if not holding:
        ground, nearest = max(((each or 0, link) for each, link in edges), key=_nearness, default=(Ground.ABSENT, None))
        return Decision(chain, Ground(ground), missing=kind, nearest=nearest, right=right, block=block)
    answers = (follow(path, standing, right, at, block, (*chain, each)) for each in holding)
    if len(holding) == 1:
        return next(answers)
    return max(answers, key=_reach)


def _nearness(edge: tuple[int, Link]) -> int:
    return edge[0]


def _reach(decision: Decision) -> tuple[bool, int, int]:
    return decision.ground is None, len(decision.chain), decision.ground or 0


def decide(  # noqa: PLR0913 - each is named at the call
    person: Person, right: Right, enterprise: Enterprise | None, block: str | None, at: datetime, *,
    matter: Matter = WHATEVER,
) -> Decision:  # fmt: skip
    """
    Decide whether a person may act for an enterprise, or on the regulator's side. The only place that answers.

    For a right of the staff, `block` is the queue; without one, only an assignment to every queue answers.

    :raises RightWithoutRule: if the right has no rule
    :raises QuestionIncomplete: if the right lies in an enterprise or a block that is not named
    """
    return decide_each(person, [right], enterprise, block, at, matter=matter)[right]


def decide_each(  # noqa: PLR0913 - each is named at the call
    person: Person, rights: Collection[Right], enterprise: Enterprise | None, block: str | None, at: datetime, *,
    matter: Matter = WHATEVER,
) -> dict[Right, Decision]:  # fmt: skip
    """Decide on several rights by the same one statement: what a page asks to know its buttons."""
    kinds = _kinds_of(rights, enterprise, block)
    standing = standing_of(person, enterprise, block, kinds=kinds - BY_MANDATARY, matter=matter)
    decisions = {right: evaluate(standing, right, at, block) for right in rights}
    if kinds & BY_MANDATARY and any(each.missing in _BESIDES for each in decisions.values()):
        standing += standing_of(person, enterprise, block, kinds=kinds & BY_MANDATARY, matter=matter)
        decisions = {right: evaluate(standing, right, at, block) for right in rights}
    return {right: replace(each, matter=matter) for right, each in decisions.items()}


def _kinds_of(rights: Collection[Right], enterprise: Enterprise | None, block: str | None) -> set[Kind]:
    """Return the edges that these rights may need, once the question is seen to name what they lie in."""
    if not rights:
        raise RightWithoutRule
    kinds = {kind for right in rights for kind in chained.from_iterable(paths_of(right))}
    if (Kind.ENTERPRISE in kinds and enterprise is None) or (Kind.REGISTRATION in kinds and not block):
        raise QuestionIncomplete(rights)
    return kinds


_CAPACITIES = (Kind.RA, Kind.RSE, Kind.PROXY, Kind.NAMING, Kind.ASSIGNMENT)


@dataclass(frozen=True)
class Authority:
    """What an act relied on: who acted, on behalf of whom, by which chain, and the instant of the act."""

    by: Actor
    on_behalf_of: Enterprise | None
    chain: tuple[Link, ...]
    at: datetime

    @property
    def capacities(self) -> list[str]:
        """Return in what capacity the actor acted: RA, RSE, proxy, naming, or the role of an assignment."""
        held = [link for link in self.chain if link.kind in _CAPACITIES]
        return [link.state if link.kind == Kind.ASSIGNMENT else link.kind.value for link in held]

    def as_record(self) -> dict[str, Any]:
        """Return what is kept beside the act: ids and dates, nothing personal."""
        return {
            "person": str(self.by.person.public_id),
            "login": str(self.by.login.public_id),
            "on_behalf_of": self.on_behalf_of and str(self.on_behalf_of.public_id),
            "capacities": self.capacities,
            "chain": [link.as_record() for link in self.chain],
            "at": self.at.isoformat(),
            "signed_in_at": self.by.at.isoformat(),
            "assurance": self.by.assurance,
            "methods": list(self.by.methods),
        }


class AccessDenied(Exception):
    """The decision is no; it says on what ground and which link is missing."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(f"{decision.right}: {decision.missing} {decision.ground and decision.ground.name}")
        self.decision = decision


def require(
    by: Actor, *rights: Right, enterprise: Enterprise | None = None, block: str | None = None,
    target: QuerySet[Model] | None = None, matter: Matter = WHATEVER,
) -> Authority:  # fmt: skip
    """
    Lock what these rights depend on, then the rows that the act will change, then read the clock and decide.

    :raises AccessDenied: if one of the rights is not held
    """
    at, decisions = _decide_under_lock(by, rights, enterprise=enterprise, block=block, target=target, matter=matter)
    if refused := [decision for decision in decisions if not decision]:
        raise AccessDenied(refused[0])
    _note(by, enterprise, block, rights, at)
    return _authority(by, enterprise, decisions, at)


def require_one_of(
    by: Actor, *rights: Right, enterprise: Enterprise | None = None, block: str | None = None,
    target: QuerySet[Model] | None = None, matter: Matter = WHATEVER,
) -> Authority:  # fmt: skip
    """
    Do as `require`, but rely on the first of these rights that is held.

    :raises AccessDenied: if none of the rights is held; it tells of the first
    """
    at, decisions = _decide_under_lock(by, rights, enterprise=enterprise, block=block, target=target, matter=matter)
    if held := [decision for decision in decisions if decision]:
        _note(
            by,
            enterprise,
            block,
            [right for right, decision in zip(rights, decisions, strict=True) if decision][:1],
            at,
        )
        return _authority(by, enterprise, held[:1], at)
    raise AccessDenied(decisions[0])


def holds_under_lock(person: Person, right: Right, *, enterprise: Enterprise | None, block: str | None = None) -> bool:
    """Lock what a right depends on, and return whether somebody holds it: what they once allowed may rest on that."""
    require_transaction()
    _at, (decision,) = _decide_under_lock(
        person, [right], enterprise=enterprise, block=block, target=None, matter=WHATEVER
    )
    return bool(decision)


def _decide_under_lock(  # noqa: PLR0913 - each is named at the call
    by: Actor | Person, rights: Collection[Right], *, enterprise: Enterprise | None, block: str | None,
    target: QuerySet[Model] | None, matter: Matter,
) -> tuple[datetime, list[Decision]]:  # fmt: skip
    require_transaction()
    person = by if isinstance(by, Person) else by.person
    kinds = _kinds_of(rights, enterprise, block)
    by_mandatary = kinds & BY_MANDATARY
    standing = _locked(person, enterprise, block, kinds - by_mandatary, matter)
    if by_mandatary and not _holds_by_itself(standing, rights):
        standing += _locked(person, enterprise, block, by_mandatary, matter)
        by_mandatary = set()
    if target is not None:
        list(target)  # its rows are kept: the command reads them without asking again
    at, decisions = _decided(standing, rights, block, matter)
    if by_mandatary and any(each.missing in _BESIDES for each in decisions):
        standing += _locked(person, enterprise, block, by_mandatary, matter)
        at, decisions = _decided(standing, rights, block, matter)
    return at, decisions


def _locked(
    person: Person, enterprise: Enterprise | None, block: str | None, kinds: Collection[Kind], matter: Matter
) -> list[Link]:  # fmt: skip
    return standing_of(person, enterprise, block, kinds=kinds, matter=matter, is_locking=True)


def _holds_by_itself(standing: Sequence[Link], rights: Collection[Right]) -> bool:
    """Tell whether a proxy or a designation that is not taken back carries each right, whatever its dates."""
    own = [each for each in standing if each.kind in _BESIDES and each.revoked_at is None and not each.awaits]
    return all(any(right in each.carries for each in own) for right in rights)


def _decided(
    standing: Sequence[Link], rights: Collection[Right], block: str | None, matter: Matter
) -> tuple[datetime, list[Decision]]:  # fmt: skip
    """Read the clock, once all is locked, and decide."""
    # A revocation that is seen came before this act, whatever two machines' clocks may say.
    at = max([now(), *(link.revoked_at for link in standing if link.revoked_at)])
    return at, [replace(evaluate(standing, right, at, block), matter=matter) for right in rights]


def _note(
    by: Actor, enterprise: Enterprise | None, block: str | None, rights: Collection[Right], at: datetime
) -> None:  # fmt: skip
    """Note that rights were used. An RSE who gives rights holds them, and does not use them by that."""
    if enterprise is not None and block and RIGHTS_OF_A_ROLE.isdisjoint(rights):
        note_use(by.person, enterprise, block, rights, at)


def _authority(by: Actor, enterprise: Enterprise | None, decisions: Sequence[Decision], at: datetime) -> Authority:
    chain = dict.fromkeys(link for decision in decisions for link in decision.chain)
    return Authority(by, on_behalf_of=enterprise, chain=tuple(chain), at=at)
