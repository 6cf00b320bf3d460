"""
Who may do what, told from the list of what happened: the rules said a second time, to judge the first.

Written from the words of the trade and not from the code: no SQL, no table of paths, no edge. It folds what was said, in
order, then asks of each person in each firm. A test holds the decision to it on random lives of firms.
"""

from collections.abc import Iterable
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
    words: frozenset = frozenset()  # rights, or blocks
    until: datetime | None = None
    key: str = ""


@dataclass
class Paper:
    """A designation or a proxy, as somebody would keep it in a drawer."""

    said: Said
    words: frozenset
    until: datetime | None
    over: bool = False
    set_aside: bool = False
    unseen: bool = False  # it awaits a second person's word

    def holds(self, at):
        begun = self.said.at <= at
        return (
            begun and not self.over and not self.set_aside and not self.unseen and (not self.until or at < self.until)
        )


@dataclass
class Drawer:
    """All that was said, put in order."""

    firms: dict = field(default_factory=dict)  # firm → active, in recovery, suspended, closed
    people: dict = field(default_factory=dict)  # person → whether they are let in
    services: dict = field(default_factory=dict)  # firm → (state, blocks)
    papers: dict = field(default_factory=dict)

    def read(self, said: Said):  # noqa: C901 - a list of what may be said
        match said.verb:
            case "firm is active" | "firm is suspended" | "firm is closed" | "firm is in recovery":
                self.firms[said.firm] = said.verb.removeprefix("firm is ")
            case "person is let in" | "person is kept out":
                self.people[said.person] = said.verb == "person is let in"
            case "services are active" | "services are suspended" | "services are over":
                blocks = self.services.get(said.firm, ("", frozenset()))[1]
                self.services[said.firm] = (said.verb.removeprefix("services are "), blocks)
            case "blocks are chosen":
                self.services[said.firm] = (self.services[said.firm][0], said.words)
            case "named RSE" | "named RA" | "given" | "given, to be confirmed":
                unseen = said.verb == "given, to be confirmed"
                self.papers[said.key] = Paper(said, said.words, said.until, unseen=unseen)
            case "ended":
                self.papers[said.key].over = True
            case "narrowed":
                self.papers[said.key].words = said.words
            case "renewed" | "shortened" | "lengthened again":
                self.papers[said.key].until = said.until
            case "set aside" | "taken up again":
                self.papers[said.key].set_aside = said.verb == "set aside"
            case "confirmed":
                self.papers[said.key].unseen = False


def drawer_of(happened: Iterable[Said], at: datetime) -> Drawer:
    """Return the drawer as it is at an instant."""
    drawer = Drawer()
    for said in happened:
        if said.at <= at:
            drawer.read(said)
    return drawer


def permitted(happened: Iterable[Said], at: datetime) -> set:
    """Return every (person, right, firm, block) that is permitted at an instant; the block is blank for the firm itself."""
    drawer = drawer_of(happened, at)
    found = set()
    for paper in drawer.papers.values():
        said = paper.said
        if not paper.holds(at) or not drawer.people.get(said.person, True):
            continue
        state = drawer.firms[said.firm]
        if state not in ("active", "in recovery"):
            continue
        if said.verb == "named RA":
            found.add((said.person, "designate", said.firm, ""))
            continue
        if said.verb == "named RSE" and state == "active":
            found.add((said.person, "administer", said.firm, ""))
        services, chosen = drawer.services.get(said.firm, ("", frozenset()))
        opened = {"active": INSIDE_A_BLOCK, "suspended": ("view",)}.get(services, ())
        blocks = chosen if said.verb == "named RSE" else chosen & {said.block}
        rights = INSIDE_A_BLOCK if said.verb == "named RSE" else paper.words
        found |= {(said.person, right, said.firm, block) for block in blocks for right in rights if right in opened}
    return found
