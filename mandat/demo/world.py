"""The demonstration: made by the same commands as anybody's acts, each step once however often it is run."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access.business_standing import hear_business_register
from mandat.access.commands.designations import designate
from mandat.access.commands.enterprises import (
    REGISTRATIONS,
    accept_blocks,
    add_user,
    move_registration,
    open_enterprise,
    register_service,
)
from mandat.access.commands.proxies import grant_proxy
from mandat.access.commands.recovery import keep_recovery
from mandat.access.commands.requests import ask_for_rights
from mandat.access.commands.second_person import choose_second_person
from mandat.access.commands.staff import assign_staff, confirm_assignment, first_assignments
from mandat.access.models import StaffAssignment
from mandat.access.rights import Right
from mandat.casework.models import SupportVisit, VisitReason
from mandat.casework.visits import close_visit, look, open_visit
from mandat.demo.business_register import load_business_register
from mandat.demo.departures import tell_of_departure
from mandat.demo.enrolments import APPLYING, apply
from mandat.demo.example_service import connect_example
from mandat.demo.filings import STORIES, Teller
from mandat.demo.firms import ACCOUNTANTS, FIRMS, Firm
from mandat.demo.handovers import ask_for_relief
from mandat.demo.papers import receive
from mandat.demo.people import PASSWORD, PEOPLE, Someone, key
from mandat.demo.register_files import write_world
from mandat.enterprises.models import Basis, Enterprise, EnterpriseKind, Role, ServiceProvider, ServiceRegistration
from mandat.enterprises.workflow import RegistrationMove, RegistrationState
from mandat.identity.actor import Actor, Method, actor_of
from mandat.identity.commands import create_login, create_person, link_login, set_up_second_factor, suspend_person
from mandat.identity.models import Person
from mandat.identity.second_factor import code_of, generate_totp_secret, has_second_factor, step_at
from mandat.platform.clock import end_of, legal_day, now
from mandat.reference.queries import entries
from mandat.register.commands import link_registrant
from mandat.register.models import Registrant
from mandat.register.queries import file_of
from mandat.register.vocabulary import OfficeRole

OPERATOR = UUID(int=0)
#: What an enterprise is, by how its NEQ begins.
KINDS = {"11": EnterpriseKind.LEGAL_PERSON, "33": EnterpriseKind.PARTNERSHIP}
StaffRole = StaffAssignment.Role
STAFF = {
    "verifier1": StaffRole.VERIFIER,
    "verifier2": StaffRole.VERIFIER,
    "officer": StaffRole.OFFICER,
    "finance": StaffRole.FINANCE,
    "auditor": StaffRole.AUDITOR,
}
#: What each user may do, in which blocks: prepare as an employee, prepare and sign as an accountant.
GIVEN = {
    "user": (["BF-REP", "BF-DOSSIER"], [Right.VIEW, Right.PREPARE]),
    "accountant": (["BF-DIVULG", "BF-FIN"], [Right.VIEW, Right.PREPARE, Right.SIGN]),
}


class World:
    """The demonstration, step by step; `actors` are its people, ready to act."""

    def __init__(self) -> None:
        self.actors: dict[str, Actor] = {}
        self.rse_of: dict[str, Actor] = {}  # by client number

    def make(self) -> None:
        """Make everyone, both registers, and the first two firms: what is not there yet."""
        for each in PEOPLE:
            self.actors[each.sign_in] = make_person(each)
        self.assign_staff()
        connect_example(self.actors["supervisor"])
        load_register()
        load_business_register()
        for firm in FIRMS[:2]:
            self.enrol(firm, self.actors["ra"], self.actors["rse"])
        self.ask_for_rights()

    def ask_for_rights(self) -> None:
        """Have the user of the first firm ask for what a page refuses them: it waits for the RSE."""
        firm = Enterprise.objects.get(name=FIRMS[0].name)
        if firm.rights_requests.exists():
            return
        ask_for_rights(
            enterprise=firm, block="BF-REP", rights=[Right.PREPARE, Right.SIGN], by=self.actors["user"],
            until=legal_day(now()) + timedelta(days=90), reason="Remplacer Claire Dubuc pendant son congé",
        )  # fmt: skip

    def take_two(self) -> None:
        """Have two RSEs answer for the second firm: one proxy, and one change, wait for the word of the other."""
        firm, rse = Enterprise.objects.get(name=FIRMS[1].name), self.actors["rse"]
        if firm.second_person_changes.exists():
            return
        designate(
            key=key("designate", FIRMS[1].neq, "RSE", "2"), enterprise=firm, person=self.actors["rse2"].person,
            role=Role.RSE, basis=Basis.NAMED, function="", evidence={}, during=from_now(), by=self.actors["ra"],
        )  # fmt: skip
        choose_second_person(enterprise=firm, rights=[Right.SIGN, Right.PAY], by=rse)
        grant_proxy(
            key=key("proxy", "two persons"), registration=firm.registrations.get(), block="BF-DOSSIER",
            person=self.actors["accountant"].person, rights=[Right.VIEW, Right.SIGN],
            during=DateTimeTZRange(now(), end_of(legal_day(now()) + timedelta(days=365))), by=rse,
        )  # fmt: skip
        choose_second_person(enterprise=firm, rights=[Right.SIGN], by=rse)

    def leave_alone(self, firm: Firm) -> None:
        """Leave a firm with nobody in charge of its accesses: the desk sees it in recovery."""
        enterprise = Enterprise.objects.get(name=firm.name)
        rse = self.rse_of[firm.client_number].person
        rse.refresh_from_db()
        if rse.state == Person.State.ACTIVE:
            suspend_person(person_id=rse.public_id, reason="Demande du titulaire", under={"demonstration": True})
        keep_recovery(enterprise_id=enterprise.public_id)

    def fill(self) -> None:
        """Add the other firms, their people, an accountants’ own, filings in every state, enrolments under way."""
        self.take_two()
        for place, firm in enumerate(FIRMS[2:], 3):
            self.enrol(firm, *self.people_of(firm, place))
        accountant = self.actors["accountant"]
        self.open_firm(ACCOUNTANTS, accountant, accountant)
        for story in STORIES:
            firm = FIRMS[story.firm]
            teller = Teller(rse=self.rse_of[firm.client_number], officer=self.actors["officer"])
            teller.tell(story, registrant_of(firm))
        self.leave_alone(FIRMS[-1])
        ask_for_relief(FIRMS[-2], self.actors["verifier1"])
        tell_of_departure(FIRMS[-3], self.actors["verifier2"])
        hear_business_register()  # as the desk does every morning: some firms are struck off, bankrupt, taken over
        for each in APPLYING:
            apply(each, self.actors["verifier1"])
        receive(self.actors["verifier1"])
        self.visit(Enterprise.objects.get(identifiers__value=FIRMS[0].neq), "APPEL-2026-0412")

    def visit(self, firm: Enterprise, ticket: str) -> None:
        """Let the desk look at a firm's account once, as when it calls for help."""
        verifier = self.actors["verifier1"]
        if not SupportVisit.objects.filter(enterprise=firm).exists():
            visit = open_visit(enterprise=firm, reason=VisitReason.CALL, ticket=ticket, by=verifier)
            look(visit=visit.public_id, by=verifier)
            close_visit(visit=visit.public_id, by=verifier)

    def enrol(self, firm: Firm, ra: Actor, rse: Actor) -> None:
        """Open a firm's account, register it, and give its users their proxies."""
        self.rse_of[firm.client_number] = rse
        account = self.open_firm(firm, ra, rse)
        self.give_proxies(account, self.register(account, firm.client_number, rse), rse)

    def people_of(self, firm: Firm, place: int) -> tuple[Actor, Actor]:
        """Return the RA and the RSE of a firm: those who answer for it in the register, with sign-ins of their own."""
        offices = file_of(registrant_of(firm), legal_day(now())).offices
        second = next(each.individual for each in offices if each.role == OfficeRole.CORRESPONDENT)
        head = next((each.individual for each in offices if each.individual_id != second.pk), second)
        named = (("ra", head), ("rse", second))
        ra, rse = (
            make_person(Someone(f"{role}{place}", each.given_name, each.family_name, firm.language))
            for role, each in named
        )
        return ra, rse

    def assign_staff(self) -> None:
        """Make the two supervisors, then have them assign everybody else."""
        first, second = self.actors["supervisor"], self.actors["supervisor2"]
        if not StaffAssignment.objects.exists():
            first_assignments(supervisors=(first.person, second.person))
        for name, role in STAFF.items():
            person = self.actors[name].person
            proposed = assign_staff(
                key=key("assign", name), person=person, role=role, queue="", during=until_next_year(), by=first
            )
            if proposed.confirmed_at is None:
                confirm_assignment(assignment_id=proposed.public_id, by=second)
        assign_staff(  # one that waits for the word of the other supervisor
            key=key("assign", "a second role"), person=self.actors["verifier2"].person, role=StaffRole.OFFICER,
            queue=REGISTRATIONS, during=until_next_year(), by=second,
        )  # fmt: skip

    def open_firm(self, registered: Firm, ra: Actor, rse: Actor) -> Enterprise:
        """Open a firm's account, with its RA and its RSE."""
        verifier = self.actors["verifier1"]
        neq = registered.neq
        firm = open_enterprise(
            key=key("open", neq), kind=KINDS[neq[:2]], name=registered.name, neq=neq, is_established_in_quebec=True,
            by=verifier,
        )  # fmt: skip
        for holder, role, basis, function, by in (
            (ra, Role.RA, Basis.OFFICE, "Direction générale", verifier),
            (rse, Role.RSE, Basis.NAMED, "", ra),
        ):
            designate(
                key=key("designate", neq, role), enterprise=firm, person=holder.person, role=role, basis=basis,
                function=function, evidence={}, during=from_now(), by=by,
            )  # fmt: skip
        return firm

    def register(self, firm: Enterprise, client_number: str, rse: Actor) -> ServiceRegistration:
        """Register a firm with the regulator, accepted, in every block of the catalogue."""
        officer = self.actors["officer"]
        provider, _ = ServiceProvider.objects.get_or_create(
            code="autorite", defaults={"name_fr": "L’Autorité", "name_en": "The Autorité"}
        )
        registration = register_service(
            key=key("register", client_number), enterprise=firm, provider=provider, client_number=client_number, by=rse
        )
        if registration.state == RegistrationState.IN_PROCESS:
            move_registration(registration_id=registration.public_id, move=RegistrationMove.ACTIVATE, by=officer)
            catalogue = list(entries("block", legal_day(now())).values_list("code", flat=True))
            accept_blocks(registration_id=registration.public_id, blocks=catalogue, catalogue_version=1, by=rse)
            registration.refresh_from_db()
        link_registrant(registrant=Registrant.objects.get(client_number=client_number), registration=registration)
        return registration

    def give_proxies(self, firm: Enterprise, registration: ServiceRegistration, rse: Actor) -> None:
        """Make the users of a firm, and give them their proxies until the end of next year."""
        until = DateTimeTZRange(now(), end_of(legal_day(now()).replace(month=12, day=31) + timedelta(days=365)))
        for name, (blocks, rights) in GIVEN.items():
            person = self.actors[name].person
            is_external = name == "accountant"
            if not is_external and firm.name != FIRMS[0].name:
                continue  # the employee works for one firm, the accountant for both
            add_user(
                key=key("user", name, firm.name), enterprise=firm, person=person, is_external=is_external,
                during=from_now(), by=rse,
            )  # fmt: skip
            for block in blocks:
                grant_proxy(
                    key=key("proxy", name, firm.name, block), registration=registration, person=person, block=block,
                    rights=rights, during=until, by=rse,
                )  # fmt: skip


def registrant_of(firm: Firm) -> Registrant:
    """Return a firm's file."""
    return Registrant.objects.get(client_number=firm.client_number)


def load_register() -> None:
    """Load the register as any operator does, with `mandat import-register`, once."""
    if Registrant.objects.exists():
        return
    with TemporaryDirectory() as folder:
        write_world(Path(folder))
        call_command("import_register", folder, stdout=StringIO(), stderr=StringIO())


def make_person(someone: Someone) -> Actor:
    """Make a person, their login and its second factor; return them ready to act."""
    name = someone.sign_in
    person: Person = create_person(
        key=key("person", name), given_name=someone.given_name, family_name=someone.family_name,
        language=someone.language, asked_by=OPERATOR,
    )  # fmt: skip
    login = create_login(key=key("login", name), email=someone.email, password=PASSWORD, asked_by=OPERATOR)
    link_login(login=login, person=person)
    at = now()
    if not has_second_factor(login):
        secret = generate_totp_secret()
        set_up_second_factor(login=login, secret=secret, code=code_of(secret, step_at(at)))
    return actor_of(login, person=person, at=at, methods=[Method.PASSWORD, Method.TOTP])


def until_next_year() -> DateTimeTZRange:
    """Return the dates of what begins now and ends with next year."""
    return DateTimeTZRange(now(), end_of(legal_day(now()).replace(month=12, day=31) + timedelta(days=365)))


def from_now() -> DateTimeTZRange:
    """Return the dates of what begins now and has no end yet."""
    return DateTimeTZRange(now(), None)
