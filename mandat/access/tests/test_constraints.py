"""What the database refuses, whatever the code would do: each constraint by its name."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access.decision import Right
from mandat.access.models import StaffAssignment
from mandat.access.tests.factories import (
    A_YEAR_LATER,
    BLOCK,
    FAR_AHEAD,
    LONG_AGO,
    UNDER,
    DesignationFactory,
    EnterpriseFactory,
    IdentifierFactory,
    PersonFactory,
    ProxyFactory,
    ServiceProviderFactory,
    ServiceRegistrationFactory,
    StaffAssignmentFactory,
    UserFactory,
)
from mandat.enterprises.models import Designation, Identifier, ServiceRegistration

pytestmark = pytest.mark.django_db
OPEN_AND_CLOSED = DateTimeTZRange(LONG_AGO, FAR_AHEAD, "(]")
CLOSED = DateTimeTZRange(LONG_AGO, FAR_AHEAD, "[]")
OPEN_START = DateTimeTZRange(None, FAR_AHEAD)
EMPTY = DateTimeTZRange(LONG_AGO, LONG_AGO)
GRANTS = {
    "designation": DesignationFactory,
    "user": UserFactory,
    "proxy": ProxyFactory,
    "staffassignment": StaffAssignmentFactory,
}


def refuses(constraint, factory, **values):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        factory(**values)
    assert refusal.value.__cause__.diag.constraint_name == constraint


@pytest.mark.parametrize("name", GRANTS)
@pytest.mark.parametrize("during", [OPEN_AND_CLOSED, CLOSED, OPEN_START, EMPTY], ids=str)
def test_a_dated_right_is_half_open(name, during):
    refuses(f"{name}_is_half_open", GRANTS[name], during=during)


@pytest.mark.parametrize("name", GRANTS)
@pytest.mark.parametrize("half", [{"revoked_at": A_YEAR_LATER}, {"revoked_under": UNDER}], ids=["when", "under what"])
def test_a_revocation_says_when_and_under_what_authority(name, half):
    refuses(f"{name}_revoked_under_an_authority", GRANTS[name], **half)


@pytest.mark.parametrize(
    ("factory", "constraint", "bad"),
    [
        (EnterpriseFactory, "enterprise_kind_is_known", {"kind": "club"}),
        (EnterpriseFactory, "enterprise_state_is_known", {"state": "asleep"}),
        (EnterpriseFactory, "enterprise_has_a_name", {"name": ""}),
        (IdentifierFactory, "identifier_kind_is_known", {"kind": "passport"}),
        (IdentifierFactory, "identifier_is_half_open", {"during": EMPTY}),
        (IdentifierFactory, "neq_is_ten_digits_of_a_family", {"value": "4499999013"}),
        (IdentifierFactory, "neq_is_ten_digits_of_a_family", {"value": "119999901"}),
        (
            IdentifierFactory,
            "revenu_quebec_number_is_ten_digits",
            {"kind": Identifier.Kind.REVENU_QUEBEC, "value": "1"},
        ),
        (DesignationFactory, "an_ra_has_an_office_or_a_mandate_and_an_rse_is_named", {"basis": "office"}),
        (DesignationFactory, "an_ra_has_an_office_or_a_mandate_and_an_rse_is_named", {"as_ra": True, "basis": "named"}),
        (DesignationFactory, "a_mandate_has_its_evidence", {"as_ra": True, "basis": Designation.Basis.MANDATE}),
        (ServiceRegistrationFactory, "registration_state_is_known", {"state": "maybe"}),
        (ProxyFactory, "proxy_ends", {"during": DateTimeTZRange(LONG_AGO, None)}),
        (ProxyFactory, "proxy_has_one_holder", {"person": None}),
        (ProxyFactory, "proxy_gives_rights_of_a_block", {"rights": []}),
        (ProxyFactory, "proxy_gives_rights_of_a_block", {"rights": [Right.VIEW, Right.ADMINISTER]}),
        (StaffAssignmentFactory, "assignment_role_is_known", {"role": "king"}),
        (
            StaffAssignmentFactory,
            "an_assignment_is_granted_by_a_supervisor_or_is_a_first",
            {"unconfirmed": True, "granted_by": None},
        ),
        (StaffAssignmentFactory, "assignment_confirmed_under_an_authority", {"confirmed_at": None}),
        (StaffAssignmentFactory, "assignment_confirmed_under_an_authority", {"confirmed_under": None}),
    ],
)
def test_refuses_what_cannot_be_true(factory, constraint, bad):
    refuses(constraint, factory, **bad)


def test_a_designation_has_a_known_role():
    constraints = {"designation_role_is_known", "an_ra_has_an_office_or_a_mandate_and_an_rse_is_named"}
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        DesignationFactory(role="CEO")
    assert refusal.value.__cause__.diag.constraint_name in constraints


def test_a_proxy_has_one_holder_and_no_more():
    refuses("proxy_has_one_holder", ProxyFactory, mandatary=EnterpriseFactory())


def test_no_enterprise_is_its_own_mandatary():
    firm = EnterpriseFactory()
    refuses("no_enterprise_is_its_own_mandatary", ProxyFactory, enterprise=firm, person=None, mandatary=firm)


def test_two_enterprises_do_not_share_an_neq_at_once():
    first = IdentifierFactory()
    refuses("one_enterprise_per_neq_at_once", IdentifierFactory, value=first.value)


def test_an_neq_may_pass_to_another_enterprise_once_given_up():
    first = IdentifierFactory(during=DateTimeTZRange(LONG_AGO, A_YEAR_LATER))
    IdentifierFactory(value=first.value, during=DateTimeTZRange(A_YEAR_LATER, None))


def test_enterprises_without_an_neq_are_many():
    EnterpriseFactory.create_batch(2, outside_quebec=True)


def test_an_enterprise_has_one_number_of_a_kind_at_once_but_several_others():
    firm = EnterpriseFactory()
    IdentifierFactory(enterprise=firm)
    refuses("one_number_of_a_kind_per_enterprise_at_once", IdentifierFactory, enterprise=firm)
    for value in ("A-1", "A-2"):
        IdentifierFactory(enterprise=firm, kind=Identifier.Kind.OTHER, value=value)


@pytest.mark.parametrize(
    ("factory", "constraint", "same"),
    [
        (DesignationFactory, "one_unrevoked_designation_per_role", ["enterprise", "person", "role"]),
        (UserFactory, "one_unrevoked_user_per_person_and_enterprise", ["enterprise", "person"]),
        (ProxyFactory, "one_unrevoked_proxy_per_block_and_person", ["enterprise", "provider", "person", "block"]),
        (StaffAssignmentFactory, "one_unrevoked_assignment_per_role_and_queue", ["person", "role", "queue"]),
    ],
)
def test_unrevoked_ones_do_not_overlap_but_may_touch_or_follow_a_revocation(factory, constraint, same):
    first = factory(during=DateTimeTZRange(LONG_AGO, A_YEAR_LATER))
    keys = {name: getattr(first, name) for name in same}
    last_instant = A_YEAR_LATER - timedelta(microseconds=1)
    refuses(constraint, factory, during=DateTimeTZRange(last_instant, FAR_AHEAD), **keys)
    factory(during=DateTimeTZRange(A_YEAR_LATER, FAR_AHEAD), **keys)
    factory(during=DateTimeTZRange(LONG_AGO, A_YEAR_LATER), revoked_at=A_YEAR_LATER, revoked_under=UNDER, **keys)


def test_a_mandatary_has_one_unrevoked_proxy_per_block():
    held = {"enterprise": EnterpriseFactory(), "person": None, "mandatary": EnterpriseFactory()}
    ProxyFactory(**held)
    refuses("one_unrevoked_proxy_per_block_and_mandatary", ProxyFactory, **held)
    ProxyFactory(**held, block="BF-FIN")


def test_an_enterprise_has_one_live_registration_per_provider():
    first = ServiceRegistrationFactory()
    refuses(
        "one_live_registration_per_provider", ServiceRegistrationFactory, enterprise=first.enterprise, in_process=True
    )
    ServiceRegistrationFactory(enterprise=first.enterprise, refused=True)
    ServiceRegistrationFactory(enterprise=first.enterprise, deactivated=True)
    ServiceRegistrationFactory(enterprise=first.enterprise, provider=ServiceProviderFactory(code="autre"))


def test_two_enterprises_are_not_accepted_under_one_client_number():
    first = ServiceRegistrationFactory(suspended=True)
    refuses(
        "one_accepted_registration_per_client_number", ServiceRegistrationFactory, client_number=first.client_number
    )
    ServiceRegistrationFactory(client_number=first.client_number, in_process=True)
    for _ in range(2):
        ServiceRegistrationFactory(client_number="")


def test_a_refused_number_may_be_tried_again():
    number = ServiceRegistrationFactory(refused=True).client_number
    assert ServiceRegistrationFactory(client_number=number).state == ServiceRegistration.State.ACTIVE


def test_an_assignment_takes_two_distinct_supervisors_other_than_the_person():
    one, two = PersonFactory.create_batch(2)
    refuses("assignment_takes_two_supervisors", StaffAssignmentFactory, granted_by=one, confirmed_by=one)
    refuses("nobody_assigns_themselves", StaffAssignmentFactory, person=one, granted_by=one, confirmed_by=two)
    refuses("nobody_assigns_themselves", StaffAssignmentFactory, person=one, granted_by=two, confirmed_by=one)


def test_the_first_assignments_are_two_supervisors_without_a_grantor_and_no_more():
    first = {"granted_by": None, "unconfirmed": True, "supervisor": True}
    StaffAssignmentFactory(first=1, **first)
    StaffAssignmentFactory(first=2, **first)
    refuses("the_first_assignments_are_made_once", StaffAssignmentFactory, first=1, **first)
    by_the_operator = "an_assignment_is_granted_by_a_supervisor_or_is_a_first"
    refuses(by_the_operator, StaffAssignmentFactory, first=3, **first)
    verifier = first | {"supervisor": False, "role": StaffAssignment.Role.VERIFIER}
    refuses(by_the_operator, StaffAssignmentFactory, first=1, **verifier)


def test_a_block_code_is_compared_whole():
    proxy = ProxyFactory(block=BLOCK)
    ProxyFactory(enterprise=proxy.enterprise, person=proxy.person, provider=proxy.provider, block=f"{BLOCK}2")
