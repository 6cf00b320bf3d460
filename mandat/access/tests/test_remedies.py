"""Each suggested fix opens what was refused; each link taken from a chain closes what was permitted. On any world."""

import random
import uuid
from datetime import timedelta
from itertools import product

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access.commands import (
    accept_versions,
    confirm_assignment,
    confirm_proxy,
    designate,
    grant_proxy,
    restore_proxy,
    revoke_proxy,
)
from mandat.access.decision import Kind, Right, decide
from mandat.access.models import Proxy, StaffAssignment
from mandat.access.queries import who_can_supply
from mandat.access.remedies import Remedy, remedy_for
from mandat.access.rights import RIGHTS_OF_A_PROXY, RIGHTS_OF_STAFF
from mandat.access.standing import carriers_of
from mandat.access.tests.factories import (
    BLOCK,
    LONG_AGO,
    UNDER,
    DesignationFactory,
    PersonFactory,
    ServiceProviderFactory,
    ServiceRegistrationFactory,
    StaffAssignmentFactory,
    UserFactory,
    actor,
)
from mandat.access.tests.test_queries import OTHER_BLOCK, build_a_world
from mandat.access.words import Helper
from mandat.enterprises.models import Designation, Enterprise, ServiceRegistration
from mandat.identity.models import Person
from mandat.platform.clock import now

pytestmark = pytest.mark.django_db
#: No refusal is further from a permit: the account, the registration, the person, then what is given.
MOST_STEPS = 6
QUESTIONS = 12


def questions(seed, *, permitted):
    """Return some questions about a world, each a person, a right, a firm and a block, by their answer."""
    people, firms = list(Person.objects.order_by("id")[:5]), list(Enterprise.objects.order_by("id"))
    of_firms = product(people, [right for right in Right if right not in RIGHTS_OF_STAFF], firms, (BLOCK, OTHER_BLOCK))
    asked = [*of_firms, *product(people, sorted(RIGHTS_OF_STAFF), [None], [None])]
    answered = [each for each in asked if bool(decide(*each, now())) is permitted]
    assert answered
    return random.Random(seed).sample(answered, k=min(QUESTIONS, len(answered)))


@pytest.mark.parametrize("seed", range(3))
def test_every_suggested_fix_leads_from_a_refusal_to_a_permit(seed):
    build_a_world(seed)
    StaffAssignmentFactory.create_batch(2, supervisor=True)  # there always are two
    for each in questions(seed, permitted=False):
        with transaction.atomic():
            assert_led_to_a_permit(*each)
            transaction.set_rollback(True)


def assert_led_to_a_permit(who, right, firm, block):
    """Do what each refusal suggests: the link it named is supplied by it, and not one step is in vain."""
    supplied = []
    for _ in range(MOST_STEPS):
        decision = decide(who, right, firm, block, now())
        if decision:
            return
        assert decision.missing not in supplied, "the suggested fix did not supply the link it was suggested for"
        helped = who_can_supply(decision, firm, now())
        assert helped, "nobody can supply it"
        apply(remedy_for(decision), decision, helped, (who, firm, block))
        supplied.append(decision.missing)
    pytest.fail(f"{right} stays refused")


def apply(remedy, decision, helped, question):  # noqa: C901, PLR0912 - a list of what may be done
    """Do what is suggested, by the command of it where there is one, as somebody who was named."""
    who, firm, block = question
    nearest = decision.nearest.public_id if decision.nearest else None
    match remedy:
        case Remedy.GRANT | Remedy.REPLACE:
            if remedy == Remedy.REPLACE:
                revoke_proxy(proxy_id=nearest, reason="", by=rse_of(firm, helped, who))
            give(who, firm, block, decision.right, rse_of(firm, helped, who))
        case Remedy.CONFIRM:
            confirm_proxy(proxy_id=nearest, by=rse_of(firm, helped, who))
        case Remedy.RESTORE:
            restore_proxy(proxy_id=nearest, by=rse_of(firm, helped, who))
        case Remedy.NAME_RSE | Remedy.NAME_RA:
            name(who if decision.missing in (Kind.RSE, Kind.RA) else PersonFactory(), remedy, firm, helped)
        case Remedy.REGISTER:
            ServiceRegistrationFactory(enterprise=firm, provider=provider_of(who, firm, block), accepted_blocks=[block])
        case Remedy.CHOOSE_BLOCK:
            # Where several providers serve the firm, the block goes to the one whose it is.
            registration = firm.registrations.filter(provider=provider_of(who, firm, block)).first()
            if registration is None:
                apply(Remedy.REGISTER, decision, helped, question)
            else:
                registration.accepted_blocks.append(block)
                registration.state = ServiceRegistration.State.ACTIVE
                registration.save()
        case Remedy.ACCEPT_VERSION:
            accept_versions(registration_id=nearest, blocks={block}, by=rse_of(firm, helped, who))
        case Remedy.SETTLE_ACCOUNT:
            Enterprise.objects.filter(pk=firm.pk).update(state="active")
        case Remedy.SETTLE_REGISTRATION:
            ServiceRegistration.objects.filter(public_id=nearest).update(state="active")
        case Remedy.SETTLE_PERSON:
            Person.objects.filter(pk=who.pk).update(state="active")
        case Remedy.ASSIGN:
            [role] = carriers_of(Kind.ASSIGNMENT, decision.right)
            StaffAssignment.objects.filter(person=who, role=role, revoked_at=None).update(
                revoked_at=now(), revoked_under=UNDER
            )
            StaffAssignmentFactory(person=who, role=role)
        case Remedy.CONFIRM_ASSIGNMENT:
            second = next(each for each in helped.people if each != who)
            confirm_assignment(assignment_id=nearest, by=actor(second))


def rse_of(firm, helped, who):
    """Return an RSE who was named; or one whom those named put in charge first, as they alone can."""
    others = [each for each in helped.people if each != who]
    if helped.helper == Helper.RSE and others:
        return actor(others[0])
    Enterprise.objects.filter(pk=firm.pk, state="in_recovery").update(state="active")
    return actor(DesignationFactory(enterprise=firm).person)


def give(who, firm, block, right, rse):
    registration = firm.registrations.filter(
        accepted_blocks__contains=[block], state__in=["active", "suspended"]
    ).first()
    if not who.memberships.filter(enterprise=firm).exists():
        UserFactory(enterprise=firm, person=who)
    grant_proxy(
        key=uuid.uuid4(), registration=registration, person=who, block=block, rights=[right],
        during=DateTimeTZRange(None, now() + timedelta(days=1)), by=rse,
    )  # fmt: skip


def provider_of(who, firm, block):
    """Return the provider that a proxy in the block names already, or the block's own."""
    held = Proxy.objects.filter(person=who, enterprise=firm, block=block).first()
    return held.provider if held else ServiceProviderFactory(code="autorite" if block == BLOCK else "autre")


def name(who, remedy, firm, helped):
    role = Designation.Role.RSE if remedy == Remedy.NAME_RSE else Designation.Role.RA
    Designation.objects.filter(person=who, enterprise=firm, role=role, revoked_at=None).update(
        revoked_at=LONG_AGO, revoked_under=UNDER
    )
    if helped.helper == Helper.RA:
        designate(
            key=uuid.uuid4(), enterprise=firm, person=who, role=role, basis=Designation.Basis.NAMED, function="",
            evidence={}, during=DateTimeTZRange(now(), None), by=actor(helped.people[0]),
        )  # fmt: skip
    else:
        DesignationFactory(enterprise=firm, person=who, role=role, basis="named" if role == "RSE" else "office")
        Enterprise.objects.filter(pk=firm.pk, state="in_recovery").update(state="active")


@pytest.mark.parametrize("seed", range(3))
def test_taking_any_link_from_a_chain_ends_the_permit_it_carried(seed):
    build_a_world(seed)
    for each in questions(seed, permitted=True):
        for link in decide(*each, now()).chain:
            with transaction.atomic():
                assert_closed_without(link, each)
                transaction.set_rollback(True)


def assert_closed_without(link, question):
    """Take a link away: the permit is gone, or it stands on another of the same kind, which is taken away in turn."""
    taken = []
    while link is not None:
        take_away(link, question[0])
        taken.append(link.public_id)
        decision = decide(*question, now())
        assert not {each.public_id for each in decision.chain} & set(taken), "a link that is gone still carries a right"
        given = (Kind.PROXY, Kind.RSE) if link.kind in (Kind.PROXY, Kind.RSE) else (link.kind,)
        link = next((each for each in decision.chain if each.kind in given), None) if decision else None
        assert decision.missing in (*given, None) if not decision else link is not None


def take_away(link, who):
    match link.kind:
        case Kind.ENTERPRISE:
            Enterprise.objects.filter(public_id=link.public_id).update(state="suspended")
        case Kind.REGISTRATION:
            ServiceRegistration.objects.filter(public_id=link.public_id).update(accepted_blocks=[])
        case Kind.PERSON:
            Person.objects.filter(pk=who.pk).update(state="suspended")
        case _:
            rows = {Kind.PROXY: Proxy, Kind.ASSIGNMENT: StaffAssignment}.get(link.kind, Designation)
            rows.objects.filter(public_id=link.public_id).update(revoked_at=now(), revoked_under=UNDER)


def test_a_permit_needs_no_remedy():
    rse = DesignationFactory()
    ServiceRegistrationFactory(enterprise=rse.enterprise)
    for right in (Right.ADMINISTER, *RIGHTS_OF_A_PROXY):
        assert remedy_for(decide(rse.person, right, rse.enterprise, BLOCK, now())) is None
