"""What a life is told in: four firms and six persons, what was said of them, and what the oracle makes of it."""

import itertools
import uuid
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access import commands
from mandat.access.commands import external, namings
from mandat.access.commands.leaving import NothingHeld, RepresentativeStays
from mandat.access.decision import AccessDenied
from mandat.access.tests.factories import (
    DesignationFactory,
    EnterpriseFactory,
    PersonFactory,
    ServiceRegistrationFactory,
    StaffAssignmentFactory,
    UserFactory,
    actor,
)
from mandat.access.tests.oracle import Said, drawer_of, permitted
from mandat.platform.clock import LEGAL_ZONE

BLOCKS = ("BF-REP", "BF-FIN", "BF-COMM", "BF-MAINT", "BF-AVIS", "BF-CAT", "BF-DISP", "BF-RAD")
#: The block whose second version comes during each life, and the single things that proxies may be limited to.
WIDENED, THINGS = "BF-FIN", {"a": uuid.UUID(int=1), "b": uuid.UUID(int=2)}
THINGS_IN = dict.fromkeys(BLOCKS[:2], tuple(THINGS))
PEOPLE, FIRMS = tuple(f"p{n}" for n in range(6)), tuple(f"f{n}" for n in range(4))
START = datetime(2026, 3, 1, 15, tzinfo=UTC)
WIDENS = datetime(2026, 3, 9, tzinfo=LEGAL_ZONE)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)

REFUSALS = (
    AccessDenied, commands.AlreadyGranted, commands.AlreadyRevoked, commands.LastRSE, commands.SelfGrant,
    commands.NotAUser, commands.NotNarrower, commands.NotLonger, commands.AlreadyOver, commands.AlreadySuspended,
    commands.NotSuspended, commands.SamePerson, commands.NothingToConfirm, commands.DatesImpossible,
    commands.BlockUnknown, commands.AlreadyRegistered, NothingHeld, RepresentativeStays,
    external.OneselfAsMandatary, external.MandataryCannotAct, external.AlreadyProposed, external.AlreadyAnswered,
    external.NoLongerBacked, namings.WiderThanReceived,
)  # fmt: skip


def wind(at):
    """Set the clock of the database, for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mandat.now', %s, false)", [at.isoformat() if at else ""])


class World:
    """Firms and persons as the product knows them, made once: each life begins from them and is undone."""

    def __init__(self):
        wind(START)
        self.people = {name: PersonFactory() for name in PEOPLE}
        self.actors = {name: actor(person) for name, person in self.people.items()}
        self.officer = actor(StaffAssignmentFactory(role="officer").person)
        self.firms, self.registrations, self.users, self.papers, self.said = {}, {}, {}, {}, []
        for name in FIRMS:
            self.found(name)

    def found(self, name):
        """Found a firm with an RA, an RSE and five users, using half of the blocks."""
        self.firms[name] = firm = EnterpriseFactory()
        self.registrations[name] = ServiceRegistrationFactory(enterprise=firm, accepted_blocks=list(BLOCKS[:4]))
        for verb, words in (
            ("firm is active", ()), ("services are active", ()), ("blocks are chosen", BLOCKS[:4]),
        ):  # fmt: skip
            self.said.append(Said(verb, START, firm=name, words=frozenset(words)))
        self.users[name] = set(PEOPLE[:-1])
        for person in PEOPLE[:-1]:
            UserFactory(enterprise=firm, person=self.people[person])
            self.said.append(Said("joins", START, firm=name, person=person))
        number = FIRMS.index(name)
        for role, person in (("RSE", PEOPLE[number]), ("RA", PEOPLE[number + 1])):
            place = DesignationFactory(
                enterprise=firm, person=self.people[person], during=DateTimeTZRange(START, None),
                **{"as_ra": True} if role == "RA" else {},
            )  # fmt: skip
            said = Said(f"named {role}", START, firm=name, person=person, key=f"k{len(self.papers)}")
            self.papers[said.key] = place.public_id
            self.said.append(said)


def catalogue_of_a_life(day):
    """Return the version of each block on a day, in place of the product's own catalogue, which says only the first."""
    return {block: 2 if block == WIDENED and day >= WIDENS.date() else 1 for block in BLOCKS}


class Told:
    """A life of that world: what was said in it, and what the oracle makes of it."""

    def __init__(self, world):
        self.world, self.at = world, START
        self.told, self.keys = list(world.said), itertools.count(len(world.papers))
        self.papers, self.registrations = dict(world.papers), dict(world.registrations)
        self.users = {firm: set(people) for firm, people in world.users.items()}
        self.two = {firm: frozenset() for firm in FIRMS}  # the rights that take a second person
        self.touched = set()
        self._known = None

    # What is told

    def pass_to(self, at):
        """Let time pass until an instant: the catalogue is widened on its day."""
        if self.at < WIDENS <= at:
            self.told.append(Said("a block is widened", WIDENS, block=WIDENED))
        self.at = at
        wind(at)

    def tell(self, verb, **about):
        self.told.append(Said(verb, self.at, **about))

    def keep(self, row, verb, *, is_unseen=False, **about):
        """Tell of a paper that was made; return what is said of it."""
        key = f"k{next(self.keys)}"
        self.papers[key] = row.public_id
        self.tell(verb, key=key, **about)
        said = self.told[-1]
        if is_unseen:
            self.tell("awaits a second person", key=key)
        self.touch(said)
        return said

    def touch(self, said):
        """Have the statement that commands use asked about what a paper speaks of."""
        lent = [said.person] if said.person else [
            each.person for each in self.kept("named by helper") if each.under == said.key
        ]  # fmt: skip
        self.touched |= {(person, said.firm, said.block) for person in lent}

    # What the oracle makes of it

    @property
    def drawer(self):
        """Return the drawer as it is now."""
        if self._known is None or self._known[0] != len(self.told):
            self._known = (len(self.told), drawer_of(self.told), {})
        return self._known[1]

    @property
    def permitted(self):
        """Return all that is permitted now."""
        drawer = self.drawer
        known = self._known[2]
        if self.at not in known:
            known[self.at] = permitted(drawer, self.at, THINGS_IN)
        return known[self.at]

    def may(self, person, right, firm, block=""):
        return (person, right, firm, block) in self.permitted

    def may_give(self, by, said, words):
        """Tell whether somebody administers the firm and holds all that they would give."""
        able = all(self.may(by, right, said.firm, said.block) for right in words)
        return able and self.may(by, "administer", said.firm)

    def is_in_charge(self, by, said):
        return self.may(by, "administer", said.firm)

    def stands(self, key):
        paper = self.drawer.papers[key]
        return not paper.over and (paper.said.until is None or self.at < paper.said.until)

    def kept(self, *verbs, **about):
        """Return the papers not taken back and not at their end, of which this is said; some may be to come."""
        return [
            paper.said for key, paper in self.drawer.papers.items()
            if paper.said.verb in verbs and self.stands(key)
            and all(getattr(paper.said, name) == value for name, value in about.items())
        ]  # fmt: skip

    def in_charge(self, firm, but=None):
        """Return whoever of a firm's RSEs is let in."""
        return [
            each for each in self.kept("named RSE", firm=firm)
            if each.key != but and each.person not in self.drawer.kept_out
        ]  # fmt: skip

    def twins(self, said, since, until):
        """Return the proxies that give the same holder the same place during some of these dates."""
        same = {"firm": said.firm, "person": said.person, "block": said.block, "thing": said.thing}
        same["helper"] = getattr(said, "helper", "")
        return [
            each for each in self.kept("given", **same)
            if each.key != said.key and (each.since or each.at) < until and since < each.until
        ]  # fmt: skip

    def try_to(self, command, *, expected, **arguments):
        """Run a command that the oracle expects to be done, or refused; return what it returned, or True."""
        try:
            with transaction.atomic():
                done = command(**arguments) or True
        except REFUSALS as refused:
            done, outcome = None, repr(refused)
        else:
            outcome = "done"
        assert (outcome == "done") is bool(expected), f"{command.__name__}: {outcome}"
        return done
