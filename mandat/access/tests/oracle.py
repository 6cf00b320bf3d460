"""
Who may do what, told from the list of what happened: the rules said a second time, to judge the first.

Written from the words of the trade and not from the code: no SQL, no table of paths, no edge. It folds what was said, in
order, then asks of each person in each firm. A test holds the decision to it on random lives of firms.

A question lies somewhere: in the firm itself (blank), in a block, in what a second version added to it (`BF-FIN@2`), or
on one thing in it (`BF-FIN#a`).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

INSIDE_A_BLOCK = ("view", "prepare", "sign", "pay")


@dataclass(frozen=True)
class Said:
    """One thing that happened. `key` names the designation or the proxy that it is about."""

    verb: str
    at: datetime
    firm: str = ""
    person: str = ""
    block: str = ""
    helper: str = ""  # the organisation that a proxy is given to, in place of a person
    under: str = ""  # the paper of that organisation under which it named one of its own
    thing: str = ""  # the one thing in the block that a proxy is limited to
    words: frozenset = frozenset()  # rights, or blocks
    since: datetime | None = None
    until: datetime | None = None
    key: str = ""


@dataclass
class Paper:
    """A designation or a proxy, as somebody would keep it in a drawer."""

    said: Said
    over: bool = False
    set_aside: bool = False
    unseen: bool = False  # it awaits a second person's word

    def holds(self, at):
        if self.over or self.set_aside or self.unseen:
            return False
        return (self.said.since or self.said.at) <= at and (self.said.until is None or at < self.said.until)


@dataclass
class Drawer:
    """All that was said, put in order."""

    firms: dict = field(default_factory=dict)  # firm → active, in recovery, suspended, closed
    kept_out: set = field(default_factory=set)  # persons
    services: dict = field(default_factory=dict)  # firm → their state
    blocks: dict = field(default_factory=dict)  # firm → block → the version accepted
    catalogue: dict = field(default_factory=dict)  # block → its version today, if not the first
    papers: dict = field(default_factory=dict)
    members: dict = field(default_factory=dict)  # firm → its users
    register: dict = field(default_factory=dict)  # firm → the last day that the register told of, and what

    @property
    def struck(self):
        """Return the firms that the register, as of the last day that it told of, says are struck off."""
        return {firm for firm, (_as_of, verb) in self.register.items() if verb == "is struck off"}

    def read(self, said: Said):  # noqa: C901, PLR0912 - a list of what may be said
        match said.verb:
            case "firm is active" | "firm is suspended" | "firm is closed" | "firm is in recovery":
                self.firms[said.firm] = said.verb.removeprefix("firm is ")
            case "is struck off" | "is registered":
                if said.firm not in self.register or said.since >= self.register[said.firm][0]:
                    self.register[said.firm] = (said.since, said.verb)
            case "person is let in":
                self.kept_out.discard(said.person)
            case "person is kept out":
                self.kept_out.add(said.person)
            case "joins":
                self.members.setdefault(said.firm, set()).add(said.person)
            case "goes away":
                self.members[said.firm].discard(said.person)
            case "services are active" | "services are suspended" | "services are over":
                self.services[said.firm] = said.verb.removeprefix("services are ")
            case "services are asked for":
                self.services[said.firm], self.blocks[said.firm] = "asked for", {}
            case "a block is widened":
                self.catalogue[said.block] = 2
            case "blocks are chosen":  # one that is kept stays as it was accepted; a new one is taken as it is today
                before = self.blocks.get(said.firm, {})
                self.blocks[said.firm] = {
                    each: before.get(each, self.catalogue.get(each, 1)) for each in said.words
                }  # fmt: skip
            case "what is new is accepted":
                self.blocks[said.firm] = self.blocks[said.firm] | {said.block: self.catalogue[said.block]}
            case "named RSE" | "named RA" | "given" | "named by helper":
                self.papers[said.key] = Paper(said)
            case "ended":
                self.papers[said.key].over = True
            case "set aside" | "taken up again":
                self.papers[said.key].set_aside = said.verb == "set aside"
            case "awaits a second person" | "confirmed":
                self.papers[said.key].unseen = said.verb != "confirmed"


def drawer_of(happened: Iterable[Said]) -> Drawer:
    """Return the drawer once all this was said."""
    drawer = Drawer()
    for said in happened:
        drawer.read(said)
    return drawer


def permitted(drawer: Drawer, at: datetime, things: Mapping[str, Collection[str]]) -> set:
    """Return every (person, right, firm, where) that is permitted at an instant; `things` there are, block by block."""
    found, struck = set(), drawer.struck
    for paper in drawer.papers.values():
        said = paper.said
        state = drawer.firms[said.firm]
        if (
            said.firm in struck
            or not paper.holds(at)
            or said.person in drawer.kept_out
            or state not in ("active", "in recovery")
            or said.helper
        ):
            continue
        own = set(said.words)
        if said.verb == "named by helper":
            received = drawer.papers[said.under]
            if not lent(drawer, received, said.person, at):
                continue
            own &= received.said.words
        if said.verb == "named RA":
            found.add((said.person, "designate", said.firm, ""))
            continue
        if said.verb == "named RSE" and state == "active":
            found.add((said.person, "administer", said.firm, ""))
        opened = {"active": INSIDE_A_BLOCK, "suspended": ("view",)}.get(drawer.services.get(said.firm, ""), ())
        rights = [right for right in (INSIDE_A_BLOCK if said.verb == "named RSE" else own) if right in opened]
        for block, version in drawer.blocks.get(said.firm, {}).items():
            if said.verb == "named RSE" or said.block == block:
                where = places_in(block, version, things.get(block, ()), said.thing)
                found |= {(said.person, right, said.firm, each) for right in rights for each in where}
    return found


def lent(drawer: Drawer, received: Paper, person: str, at: datetime) -> bool:
    """Tell whether an organisation may lend a paper that it received to a person: it stands, and they are of its own."""
    helper = received.said.helper
    if not received.holds(at) or helper in drawer.struck or drawer.firms[helper] not in ("active", "in recovery"):
        return False
    return person in drawer.members.get(helper, ()) or any(
        paper.said.verb == "named RSE" and paper.said.firm == helper and paper.said.person == person and paper.holds(at)
        for paper in drawer.papers.values()
    )


def places_in(block: str, version: int, things: Collection[str], only: str) -> list[str]:
    """Return where, in a block of that version, a paper gives its rights: one on a single thing, nowhere else."""
    on_things = [f"{block}#{each}" for each in things if only in ("", each)]
    in_the_block = [] if only else [block, *([f"{block}@2"] if version > 1 else [])]
    return in_the_block + on_things
