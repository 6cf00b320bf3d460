"""The demonstration, browsed: by each of its people, by a stranger, by nobody."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings

from mandat.access.causes import Cause, Fact, Reported
from mandat.access.commands.causes import hear, set_cause_aside
from mandat.access.commands.recovery import keep_recovery
from mandat.access.commands.suspending import suspend_access
from mandat.access.tests.factories import DesignationFactory, EnterpriseFactory, ServiceRegistrationFactory, actor
from mandat.demo.filings import STORIES, Teller
from mandat.demo.firms import FIRMS
from mandat.demo.world import World, registrant_of
from mandat.enrolment.commands import ask_for_a_person, report_lost_factor, start_reproof
from mandat.enrolment.models import Enrolment, Handover, Moment, SecondLook
from mandat.enrolment.tests.relief import Relief
from mandat.enrolment.tests.world import World as Enrolments
from mandat.enterprises.models import Enterprise
from mandat.identity.actor import Actor, Method
from mandat.identity.commands import Device, mail_password_link, open_session
from mandat.identity.deployment import mark
from mandat.identity.models import Deployment, Person
from mandat.platform.clock import legal_day, now
from mandat.platform.models import Mail
from mandat.web.account.session import KEPT, kept_of
from mandat.web.frame import is_demo
from mandat.web.public.held import ENROLMENTS, HANDOVERS
from mandat.web.staff.people import SEEN
from mandat.web.tests.places import in_both_languages, pages_of


def browser_of(someone: Actor | None) -> Client:
    """Return a browser where somebody is signed in with two factors, or nobody."""
    client = Client(raise_request_exception=False)
    if someone is None:
        return client
    client.force_login(someone.login, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    opened = open_session(
        login=someone.login, person=someone.person, methods=[Method.PASSWORD, Method.TOTP], device=Device(), idle_minutes=30
    )  # fmt: skip
    session[KEPT] = kept_of(opened)
    session.save()
    return client


PASSKEY = {
    "id": "8f1f7a0e-7f0a-4c1e-9a57-9d0f1f1f9a01", "name": "Portable", "credential_id": "AAAA", "credential": "",
    "counter": 0, "transports": [], "is_synced": False,
}  # fmt: skip


@dataclass
class Visitors:
    """Everybody who may come: the people of the demonstration, a stranger, and nobody."""

    actors: dict[str, Actor | None]
    own_firm: Enterprise
    other_firm: Enterprise
    stopped_firm: Enterprise  # by two causes, one of which is set aside; the second RSE is in charge there
    enrolments: dict[str, Enrolment]  # by their state
    lost: dict[str, str]  # the links of lost accesses
    handovers: dict[str, Handover]  # by their state
    notice: str  # the link of a notice of one
    world: World

    def looked_up(self) -> tuple[Person, Person]:
        """Return whom the supervisor has looked up: the RSE, and somebody suspended."""
        return self.actors["rse"].person, self.actors["verifier2"].person

    def browser(self, name: str) -> Client:
        """Return the browser of one of them; the applicant's holds every enrolment."""
        client = browser_of(self.actors[name])
        if name == "supervisor":
            session = client.session
            session[SEEN] = [str(each.public_id) for each in self.looked_up()]
            session.save()
        if name == "applicant":
            session = client.session
            session[ENROLMENTS.session] = [str(each.public_id) for each in self.enrolments.values()]
            session[HANDOVERS.session] = [str(each.public_id) for each in self.handovers.values()]
            session.save()
            client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return client


@pytest.fixture
def visitors(db) -> Iterator[Visitors]:
    with demonstration() as visitors:
        yield visitors


@pytest.fixture(scope="module")
def one_demonstration(django_db_setup, django_db_blocker) -> Iterator[Visitors]:
    """The demonstration, made once for the tests of a module; each undoes what it did there."""
    with django_db_blocker.unblock(), forgotten(), demonstration() as visitors:
        yield visitors


@contextmanager
def demonstration() -> Iterator[Visitors]:
    """Make the demonstration; passwords that nobody types are hashed cheaply."""
    mark(Deployment.Kind.DEMO)
    is_demo.cache_clear()
    world = World()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        world.make()
        tell_of_the_first_firm(world)
        world.take_two()
        keep_recovery(enterprise_id=DesignationFactory(ended=True, role="RSE").enterprise.public_id)
    stopped = stop_a_firm(world)
    is_demo()
    relief, waiting = handovers()
    yield Visitors(
        handovers=waiting,
        notice=relief.link_to(relief.ra),
        actors={**world.actors, "stranger": actor(), "nobody": None, "applicant": None},
        own_firm=Enterprise.objects.get(name="Gestion Anse-Bleue inc."),
        other_firm=EnterpriseFactory(),
        stopped_firm=stopped,
        enrolments=enrolments(),
        lost=lost_accesses(world.actors),
        world=world,
    )
    is_demo.cache_clear()


def stop_a_firm(world: World) -> Enterprise:
    """Have the enterprises register strike a firm off, bankrupt too, which a supervisor sets aside."""
    firm = ServiceRegistrationFactory().enterprise
    DesignationFactory(enterprise=firm, person=world.actors["rse2"].person, role="RSE")
    facts = (Fact(Cause.STRUCK_OFF, legal_day(now()), "Radiée d’office"), Fact(Cause.BANKRUPT))
    hear(enterprise_id=firm.public_id, reported=Reported("business_register", now(), facts=facts))
    set_cause_aside(
        enterprise_id=firm.public_id, source="business_register", cause=Cause.BANKRUPT.value, reason="Jugement annulé",
        by=world.actors["supervisor"],
    )  # fmt: skip
    return Enterprise.objects.get(pk=firm.pk)


def lost_accesses(actors: dict[str, Actor]) -> dict[str, str]:
    """Lose what several people of the demonstration have, suspend one, and return the links that were mailed."""
    suspend_access(person_id=actors["verifier2"].person.public_id, reason="Absence longue", by=actors["supervisor"])
    Authenticator.objects.create(user=actors["finance"].login, type="webauthn", data=PASSKEY)
    for name in ("auditor", "finance"):
        mail_password_link(login_id=actors[name].login.pk)
    asked = report_lost_factor(login=actors["accountant"].login, forgot_password=False)
    confirmed = report_lost_factor(login=actors["user"].login, forgot_password=False)
    start_reproof(reproof_id=confirmed.public_id, words="Vu au bureau, ce matin.", by=actors["rse"])
    return {
        "password": link_to(actors["auditor"]),
        "password with a passkey": link_to(actors["finance"]),
        "factor asked": link_to(actors["accountant"]),
        "factor confirmed": link_to(actors["user"]),
        "desk": f"/agence/identites/{asked.public_id}/",
    }


def link_to(someone: Actor) -> str:
    """Return the link last mailed to somebody who lost something."""
    texts = Mail.objects.filter(to=someone.login.email, text__contains="/entrer/").order_by("-id")
    return re.search(r"/entrer/(?:mot-de-passe|preuve)/[\w-]+", texts[0].text).group()


def enrolments() -> dict[str, Enrolment]:
    """Return an enrolment in each state that a page shows apart."""
    world = Enrolments()
    made = [world.begun(), world.submitted(), world.attach(world.returned(ra_basis="office")), world.refused()]
    made += [world.under_review(neq="2299999013"), world.approved(neq="2299999153")]
    made += [world.evidence(neq="3399999013"), world.proposed()]
    SecondLook.objects.get_or_create(enrolment=made[5], defaults={"drawn_at": now()})
    ask_for_a_person(enrolment=made[0].public_id, phone="418 555-0188", moment=Moment.ANY, words="Quel numéro?")
    return {each.state: each for each in made}


def handovers() -> tuple[Relief, dict[str, Handover]]:
    """Return a firm of which others ask to be in charge, and a request in each state that a page shows apart."""
    relief = Relief(name="Placements Haute-Mer inc.")
    made = [relief.drafted(), relief.asked(), relief.objected(), relief.hearing(), relief.recommended()]
    made += [relief.refused(), relief.notified()]
    return relief, {each.state: each for each in made}


def tell_of_the_first_firm(world: World) -> None:
    """Give the first firm the filings that the whole demonstration gives it."""
    firm = FIRMS[0]
    teller = Teller(rse=world.actors["rse"], officer=world.actors["officer"])
    for story in STORIES:
        if FIRMS[story.firm] is firm:
            teller.tell(story, registrant_of(firm))


@contextmanager
def forgotten() -> Iterator[None]:
    """Undo whatever is written inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def walk(django_db_setup, django_db_blocker) -> list[tuple[str, str, int, HttpResponse]]:
    """Every page in both languages, opened once: who, its address, its status, the answer."""
    with django_db_blocker.unblock(), forgotten(), demonstration() as visitors:
        pages = list(in_both_languages(pages_of(visitors)))
        return [(who, address, status, visitors.browser(who).get(address)) for who, address, status in pages]
