"""What each command does, whom it refuses, and what it leaves behind."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access import commands
from mandat.access.decision import AccessDenied, Kind, Right, decide
from mandat.access.models import Proxy, StaffAssignment
from mandat.access.tests.factories import (
    BLOCK,
    FAR_AHEAD,
    LONG_AGO,
    DesignationFactory,
    EnterpriseFactory,
    IdentifierFactory,
    PersonFactory,
    ProxyFactory,
    ServiceProviderFactory,
    ServiceRegistrationFactory,
    StaffAssignmentFactory,
    UserFactory,
    actor,
)
from mandat.enterprises.models import Basis, BlockAcceptance, Enterprise, Identifier, Role, ServiceRegistration
from mandat.platform.clock import now
from mandat.platform.models import EventRow
from mandat.platform.workflow import MoveNotAllowed

pytestmark = pytest.mark.django_db
#: Within what a proxy may last.
IN_A_YEAR = datetime.now(UTC) + timedelta(days=365)
FOR_EVER = DateTimeTZRange(None, None)


@pytest.fixture
def registration():
    return ServiceRegistrationFactory()


@pytest.fixture
def firm(registration):
    return registration.enterprise


@pytest.fixture
def rse(firm):
    return actor(DesignationFactory(enterprise=firm).person)


@pytest.fixture
def ra(firm):
    return actor(DesignationFactory(enterprise=firm, as_ra=True).person)


@pytest.fixture
def verifier():
    return actor(StaffAssignmentFactory().person)


@pytest.fixture
def officer():
    return actor(StaffAssignmentFactory(role=StaffAssignment.Role.OFFICER).person)


def published():
    return list(EventRow.objects.order_by("id").values_list("name", flat=True))


def grant(registration, by, **changes):
    asked = {
        "key": uuid.uuid4(), "registration": registration, "block": BLOCK,
        "rights": [Right.PREPARE, Right.VIEW], "during": DateTimeTZRange(None, IN_A_YEAR), "by": by,
    }  # fmt: skip
    if "person" not in changes:
        changes["person"] = UserFactory(enterprise=registration.enterprise).person
    return commands.grant_proxy(**asked | changes)


# Proxies


def test_an_rse_grants_a_proxy_from_now_on_under_a_recorded_authority(registration, rse):
    before = now()
    proxy = grant(registration, rse)
    assert decide(proxy.person, Right.PREPARE, registration.enterprise, BLOCK, now())
    assert not decide(proxy.person, Right.SIGN, registration.enterprise, BLOCK, now())
    assert before <= proxy.during.lower <= now()
    assert (proxy.rights, proxy.during.upper) == (["prepare", "view"], IN_A_YEAR)
    assert proxy.granted_under["person"] == str(rse.person.public_id)
    assert proxy.granted_under["capacities"] == ["rse"]
    assert published() == ["ProxyGranted"]


def test_nothing_holds_before_it_was_given(registration, rse):
    before = now()
    since_long_ago = grant(registration, rse, during=DateTimeTZRange(LONG_AGO, IN_A_YEAR))
    assert since_long_ago.during.lower >= before


def test_a_proxy_may_begin_later(registration, rse):
    tomorrow = now() + timedelta(days=1)
    proxy = grant(registration, rse, during=DateTimeTZRange(tomorrow, IN_A_YEAR))
    assert proxy.during.lower == tomorrow
    assert not decide(proxy.person, Right.VIEW, registration.enterprise, BLOCK, now())
    assert decide(proxy.person, Right.VIEW, registration.enterprise, BLOCK, tomorrow)


def test_a_grant_asked_twice_is_made_once(registration, rse):
    person, key = UserFactory(enterprise=registration.enterprise).person, uuid.uuid4()
    first, second = (grant(registration, rse, key=key, person=person) for _ in range(2))
    assert first == second
    assert published() == ["ProxyGranted"]


@pytest.mark.parametrize("rights", [[Right.VIEW], [Right.VIEW, Right.SIGN]])
def test_nobody_grants_more_than_they_hold(rights):
    registration = ServiceRegistrationFactory(suspended=True)
    rse = actor(DesignationFactory(enterprise=registration.enterprise).person)
    if rights == [Right.VIEW]:
        assert grant(registration, rse, rights=rights).rights == ["view"]
    else:
        with pytest.raises(AccessDenied):
            grant(registration, rse, rights=rights)


def test_whoever_may_sign_everything_may_still_grant_nothing(registration):
    signer = actor(ProxyFactory(enterprise=registration.enterprise).person)
    with pytest.raises(AccessDenied) as denied:
        grant(registration, signer)
    assert denied.value.decision.missing == Kind.RSE


@pytest.mark.parametrize("rights", [[], [Right.ADMINISTER], [Right.VIEW, Right.VERIFY]], ids=str)
def test_a_proxy_gives_rights_of_a_block_and_no_other(rights, registration, rse):
    StaffAssignmentFactory(person=rse.person)
    with pytest.raises(commands.RightsImpossible):
        grant(registration, rse, rights=rights)


def test_a_right_that_nobody_knows_is_an_error(registration, rse):
    with pytest.raises(ValueError, match="fly"):
        grant(registration, rse, rights=["fly"])


def test_nobody_gives_themselves_a_proxy(registration, rse):
    with pytest.raises(commands.SelfGrant):
        grant(registration, rse, person=rse.person)


def test_a_proxy_goes_to_a_user_of_the_enterprise(registration, rse):
    for person in (PersonFactory(), UserFactory(enterprise=registration.enterprise, revoked=True).person):
        with pytest.raises(commands.NotAUser):
            grant(registration, rse, person=person)


def test_a_proxy_is_given_with_the_provider_that_serves_the_block(registration, rse):
    elsewhere = ServiceRegistrationFactory(
        enterprise=registration.enterprise, provider=ServiceProviderFactory(code="autre"), accepted_blocks=["BF-FIN"]
    )
    with pytest.raises(commands.BlockNotAccepted):
        grant(elsewhere, rse)
    with pytest.raises(AccessDenied) as denied:
        grant(registration, rse, block="BF-RAD")
    assert denied.value.decision.missing == Kind.REGISTRATION


@pytest.mark.parametrize(
    "during",
    [FOR_EVER, DateTimeTZRange(FAR_AHEAD, None), DateTimeTZRange(None, LONG_AGO), DateTimeTZRange(None, FAR_AHEAD)],
    ids=str,
)
def test_a_proxy_ends_after_it_begins(during, registration, rse):
    with pytest.raises(commands.DatesImpossible):
        grant(registration, rse, during=during)


def test_a_second_proxy_in_the_block_is_refused_until_the_first_is_revoked(registration, rse):
    first = grant(registration, rse)
    with pytest.raises(commands.AlreadyGranted):
        grant(registration, rse, person=first.person)
    commands.revoke_proxy(proxy_id=first.public_id, reason="Nouvelles tâches", by=rse)
    assert grant(registration, rse, person=first.person) != first


def test_a_revocation_ends_the_right_at_once_and_says_why(registration, rse):
    proxy = grant(registration, rse)
    revoked = commands.revoke_proxy(proxy_id=proxy.public_id, reason="Départ", by=rse)
    assert not decide(proxy.person, Right.VIEW, registration.enterprise, BLOCK, revoked.revoked_at)
    revoked.refresh_from_db()
    assert (revoked.revocation_reason, revoked.revoked_under["capacities"]) == ("Départ", ["rse"])
    assert published() == ["ProxyGranted", "ProxyRevoked"]
    with pytest.raises(commands.AlreadyRevoked):
        commands.revoke_proxy(proxy_id=proxy.public_id, reason="Départ", by=rse)


def test_a_proxy_is_revoked_by_an_rse_of_its_own_enterprise_alone(registration, rse):
    elsewhere = ProxyFactory(enterprise=ServiceRegistrationFactory().enterprise)
    with pytest.raises(AccessDenied):
        commands.revoke_proxy(proxy_id=elsewhere.public_id, reason="Départ", by=rse)
    assert Proxy.objects.get(pk=elsewhere.pk).revoked_at is None


# Designations


def designate(firm, by, **changes):
    asked = {
        "key": uuid.uuid4(), "enterprise": firm, "person": None, "role": Role.RSE, "basis": Basis.NAMED,
        "function": "", "evidence": {}, "during": FOR_EVER, "by": by,
    }  # fmt: skip
    return commands.designate(**asked | {"person": PersonFactory()} | changes)


def test_an_ra_designates_an_rse(firm, ra):
    designation = designate(firm, ra)
    assert decide(designation.person, Right.ADMINISTER, firm, None, now())
    assert designation.granted_under["capacities"] == ["ra"]
    assert published() == ["PersonDesignated"]


def test_a_verification_officer_designates_an_ra_and_an_rse(firm, verifier):
    ra = designate(firm, verifier, role=Role.RA, basis=Basis.OFFICE)
    assert decide(ra.person, Right.DESIGNATE, firm, None, now())
    assert designate(firm, verifier).granted_under["capacities"] == ["verifier"]


def test_neither_an_rse_nor_an_ra_makes_an_ra_and_an_rse_makes_no_rse(firm, rse, ra):
    for by, asked in ((rse, {}), (rse, {"role": Role.RA}), (ra, {"role": Role.RA})):
        with pytest.raises(AccessDenied):
            designate(firm, by, basis=Basis.OFFICE, **asked)


def test_a_person_has_a_role_once(firm, ra):
    first = designate(firm, ra)
    with pytest.raises(commands.AlreadyGranted):
        designate(firm, ra, person=first.person)


def test_a_designation_asked_twice_is_made_once(firm, ra):
    asked = {"key": uuid.uuid4(), "person": PersonFactory()}
    assert designate(firm, ra, **asked) == designate(firm, ra, **asked)


def test_an_enterprise_leaves_recovery_once_somebody_is_effective():
    firm = EnterpriseFactory(in_recovery=True)
    ra = actor(DesignationFactory(enterprise=firm, as_ra=True).person)
    designate(firm, ra, during=DateTimeTZRange(FAR_AHEAD, None))
    assert Enterprise.objects.get(pk=firm.pk).state == "in_recovery"
    rse = designate(firm, ra)
    assert Enterprise.objects.get(pk=firm.pk).state == "active"
    assert firm.history.get().authority["capacities"] == ["ra"]
    assert decide(rse.person, Right.ADMINISTER, firm, None, now())
    assert published()[-1] == "EnterpriseLeftRecovery"


def test_the_last_effective_rse_cannot_be_removed_by_anybody(firm, ra, verifier):
    last = DesignationFactory(enterprise=firm)
    for passed in ({"ended": True}, {"not_yet": True}, {"revoked": True}, {"person__suspended": True}):
        DesignationFactory(enterprise=firm, **passed)
    for by in (ra, verifier, actor(last.person)):
        with pytest.raises(commands.LastRSE):
            commands.revoke_designation(designation_id=last.public_id, reason="Départ", by=by)
    assert decide(last.person, Right.ADMINISTER, firm, None, now())
    assert not published()


def test_an_rse_who_is_not_effective_may_be_removed_though_nobody_is(firm, ra):
    ahead = DesignationFactory(enterprise=firm, not_yet=True)
    assert commands.revoke_designation(designation_id=ahead.public_id, reason="Erreur", by=ra).revoked_at


def test_an_rse_removes_another_and_an_ra_removes_one(firm, rse, ra):
    for by in (rse, ra):
        other = DesignationFactory(enterprise=firm)
        commands.revoke_designation(designation_id=other.public_id, reason="Départ", by=by)
        assert not decide(other.person, Right.ADMINISTER, firm, None, now())
    assert published() == ["DesignationRevoked", "DesignationRevoked"]
    with pytest.raises(commands.AlreadyRevoked):
        commands.revoke_designation(designation_id=other.public_id, reason="Départ", by=ra)


def test_an_ra_is_removed_by_a_verification_officer_alone(firm, rse, ra, verifier):
    designation = ra.person.designations.get()
    for by in (rse, ra):
        with pytest.raises(AccessDenied):
            commands.revoke_designation(designation_id=designation.public_id, reason="Vente", by=by)
    commands.revoke_designation(designation_id=designation.public_id, reason="Vente", by=verifier)
    assert not decide(ra.person, Right.DESIGNATE, firm, None, now())


# The enterprise's account


def test_a_verification_officer_opens_an_account_under_its_number(verifier):
    asked = {
        "key": uuid.uuid4(), "kind": Enterprise.Kind.LEGAL_PERSON, "name": "Gestion Anse-Bleue inc.",
        "neq": "1199999013", "is_established_in_quebec": True, "by": verifier,
    }  # fmt: skip
    firm = commands.open_enterprise(**asked)
    assert commands.open_enterprise(**asked) == firm
    assert (firm.sort_name, firm.identifiers.get().value) == ("gestion anse-bleue inc.", "1199999013")
    with pytest.raises(commands.NEQTaken):
        commands.open_enterprise(**asked | {"key": uuid.uuid4()})
    without = commands.open_enterprise(**asked | {"key": uuid.uuid4(), "neq": ""})
    assert not Identifier.objects.filter(enterprise=without).exists()


def test_nobody_else_opens_an_account(rse, officer):
    for by in (rse, officer):
        with pytest.raises(AccessDenied):
            commands.open_enterprise(
                key=uuid.uuid4(), kind="other", name="Fausse inc.", neq="", is_established_in_quebec=True, by=by
            )


def test_an_rse_adds_a_user_who_holds_nothing_yet(firm, rse):
    asked = {"enterprise": firm, "person": PersonFactory(), "is_external": True, "during": FOR_EVER, "by": rse}
    key = uuid.uuid4()
    user = commands.add_user(key=key, **asked)
    assert commands.add_user(key=key, **asked) == user
    assert not decide(user.person, Right.VIEW, firm, BLOCK, now())
    with pytest.raises(commands.AlreadyGranted):
        commands.add_user(key=uuid.uuid4(), **asked)
    with pytest.raises(AccessDenied):
        commands.add_user(key=uuid.uuid4(), **asked | {"by": actor(user.person)})
    assert published() == ["UserAdded"]


def test_an_enterprise_registers_and_the_regulator_answers(officer):
    firm, provider = EnterpriseFactory(), ServiceProviderFactory()
    rse = actor(DesignationFactory(enterprise=firm).person)
    asked = {"enterprise": firm, "provider": provider, "client_number": "3009998217", "by": rse}
    key = uuid.uuid4()
    registration = commands.register_service(key=key, **asked)
    assert commands.register_service(key=key, **asked) == registration
    assert registration.state == ServiceRegistration.State.IN_PROCESS
    with pytest.raises(commands.AlreadyRegistered):
        commands.register_service(key=uuid.uuid4(), **asked)
    named = {"registration_id": registration.public_id}
    with pytest.raises(AccessDenied):
        commands.move_registration(**named, move=registration.Move.ACTIVATE, by=rse)
    commands.move_registration(**named, move=registration.Move.ACTIVATE, by=officer)
    commands.accept_blocks(**named, blocks=["BF-REP", "BF-FIN", "BF-REP"], catalogue_version=1, by=rse)
    assert decide(rse.person, Right.PAY, firm, "BF-FIN", now())
    assert BlockAcceptance.objects.get().blocks == ["BF-FIN", "BF-REP"]
    with pytest.raises(MoveNotAllowed):
        commands.move_registration(**named, move=registration.Move.REFUSE, by=officer)
    commands.move_registration(**named, move=registration.Move.DEACTIVATE, by=rse)
    assert not decide(rse.person, Right.PAY, firm, "BF-FIN", now())
    assert [each.after for each in registration.history.all()] == ["active", "deactivated"]
    assert published() == ["ServiceRequested", "RegistrationMoved", "BlocksAccepted", "RegistrationMoved"]


def test_two_enterprises_are_not_accepted_under_one_client_number(officer, registration):
    other = ServiceRegistrationFactory(in_process=True, client_number=registration.client_number)
    with pytest.raises(commands.ClientNumberTaken):
        commands.move_registration(registration_id=other.public_id, move=other.Move.ACTIVATE, by=officer)


def test_blocks_come_from_the_catalogue_and_are_chosen_by_an_rse(registration, rse, officer):
    named = {"registration_id": registration.public_id, "catalogue_version": 1}
    with pytest.raises(commands.BlockUnknown, match="BF-LUNE"):
        commands.accept_blocks(**named, blocks=["BF-REP", "BF-LUNE"], by=rse)
    with pytest.raises(AccessDenied):
        commands.accept_blocks(**named, blocks=["BF-REP"], by=officer)


# Staff


def test_a_number_is_found_again_by_its_kind():
    identifier = IdentifierFactory(value="1199999013")
    assert Identifier.objects.get(kind="neq", value="1199999013") == identifier
