"""What a life is told in: four firms and six persons, what was said of them, and what the oracle makes of it."""

import itertools
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access import commands
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

BLOCKS = ("BF-REP", "BF-FIN", "BF-COMM", "BF-MAINT", "BF-AVIS", "BF-CAT", "BF-DISP", "BF-RAD")
PEOPLE, FIRMS = tuple(f"p{n}" for n in range(6)), tuple(f"f{n}" for n in range(4))
START = datetime(2026, 3, 1, 15, tzinfo=UTC)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)

REFUSALS = (
    AccessDenied, commands.AlreadyGranted, commands.AlreadyRevoked, commands.LastRSE, commands.SelfGrant,
    commands.NotAUser, commands.NotNarrower, commands.NotLonger, commands.AlreadyOver, commands.AlreadySuspended,
    commands.NotSuspended, commands.SamePerson, commands.NothingToConfirm, commands.DatesImpossible,
)  # fmt: skip


class Told:
    """Firms and persons as the product knows them, and as they were told to the oracle."""

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.at, self.told, self.keys = START, [], itertools.count()
        self.wind(START)
        self.people = {name: PersonFactory() for name in PEOPLE}
        self.actors = {name: actor(person) for name, person in self.people.items()}
        self.officer = actor(StaffAssignmentFactory(role="officer").person)
        self.verifier = actor(StaffAssignmentFactory().person)
        self.firms, self.registrations, self.papers = {}, {}, {}
        self.touched, self.steps = set(), 0
        for name in FIRMS:
            self.found(name)

    def found(self, name):
        """Found a firm with an RA, an RSE and six users, using half of the blocks."""
        self.firms[name] = firm = EnterpriseFactory()
        self.registrations[name] = ServiceRegistrationFactory(enterprise=firm, accepted_blocks=list(BLOCKS[:4]))
        self.tell("firm is active", firm=name)
        self.tell("services are active", firm=name)
        self.tell("blocks are chosen", firm=name, words=frozenset(BLOCKS[:4]))
        for person in PEOPLE[:-1]:
            UserFactory(enterprise=firm, person=self.people[person])
        number = FIRMS.index(name)
        for role, person in (("RSE", PEOPLE[number]), ("RA", PEOPLE[number + 1])):
            place = DesignationFactory(
                enterprise=firm, person=self.people[person], during=DateTimeTZRange(START, None),
                **{"as_ra": True} if role == "RA" else {},
            )  # fmt: skip
            self.keep(place, f"named {role}", firm=name, person=person)

    def teardown(self):
        """Undo the whole life."""
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.wind(None)

    # What is told

    def wind(self, at):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('mandat.now', %s, false)", [at.isoformat() if at else ""])

    def tell(self, verb, **about):
        self.told.append(Said(verb, self.at, **about))

    def keep(self, row, verb, **about):
        key = f"k{next(self.keys)}"
        self.papers[key] = (row.public_id, about)
        self.tell(verb, key=key, **{name: about[name] for name in about if name not in ("by", "from_key")})

    def rse_of(self, firm):
        return PEOPLE[FIRMS.index(firm)]

    def ra_of(self, firm):
        return PEOPLE[FIRMS.index(firm) + 1]

    def may(self, person, right, firm, block=""):
        return (person, right, firm, block) in permitted(self.told, self.at)

    def paper(self, model, number):
        """Return the key of one of the proxies or designations there are, ended ones included, or None."""
        ids = dict(model.objects.values_list("public_id", "id"))
        keys = [key for key, (public_id, _) in self.papers.items() if public_id in ids]
        return keys[number % len(keys)] if keys else None

    def try_to(self, command, *, expected, **arguments):
        """Run a command that the oracle expects to be done, or refused; return what it returned."""
        try:
            with transaction.atomic():
                done = command(**arguments)
        except REFUSALS as refused:
            done, outcome = None, repr(refused)
        else:
            outcome = "done"
        assert (outcome == "done") is bool(expected), f"{command.__name__}: {outcome}"
        return done

    # What the oracle keeps of the law of commands

    def live(self, *verbs):
        """Return what still stands or is to come: not taken back, and not at its end."""
        ended = {each.key for each in self.told if each.verb == "ended"}
        told = [each for each in self.told if each.verb in verbs and each.key not in ended]
        return [each for each in told if each.until is None or each.until > self.at]

    def is_over(self, key):
        return any(each.verb == "ended" and each.key == key for each in self.told)

    def in_charge(self, firm, but=None):
        kept_out = {}
        for each in self.told:
            if each.verb.startswith("person is"):
                kept_out[each.person] = each.verb == "person is kept out"
        return [
            each for each in self.live("named RSE")
            if each.firm == firm and each.key != but and not kept_out.get(each.person)
        ]  # fmt: skip

    def held(self, key):
        return drawer_of(self.told, self.at).papers[key]

    def stands(self, key):
        held = self.held(key)
        return not held.over and self.at < held.until
