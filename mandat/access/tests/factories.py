"""Persons, enterprises and what binds them, valid and in force unless a trait says otherwise."""

import uuid
from datetime import UTC, datetime

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from factory.django import DjangoModelFactory

from mandat.access.decision import Right
from mandat.access.models import Naming, Proxy, StaffAssignment
from mandat.enterprises.models import (
    Designation,
    Enterprise,
    Identifier,
    ServiceProvider,
    ServiceRegistration,
    User,
)
from mandat.identity.actor import Actor, Assurance, Method
from mandat.identity.models import Login, LoginLink, Person

BLOCK = "BF-REP"
LONG_AGO, A_YEAR_LATER = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
FAR_AHEAD, FURTHER_AHEAD = datetime(2100, 1, 1, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=UTC)
UNDER = {"seeded": True}


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    class Params:
        suspended = factory.Trait(state=Person.State.SUSPENDED)

    given_name = factory.Sequence(lambda n: ("Éloïse", "Marc", "Aïcha", "Jean-Noël")[n % 4])
    family_name = factory.Sequence(lambda n: f"Tremblay-{n}")


class LoginFactory(DjangoModelFactory):
    """A login linked to a person, who has not proven anything with it yet."""

    class Meta:
        model = Login
        skip_postgeneration_save = True

    user_code = factory.Sequence(lambda n: f"ABC{n:06d}")
    email = factory.Sequence(lambda n: f"personne-{n}@demo.test")
    password = "!"

    @factory.post_generation
    def person(self, create, extracted, **_):
        holder = extracted or PersonFactory()
        LoginLink.objects.create(login=self, person=holder, during=DateTimeTZRange(LONG_AGO, None))


def actor(person=None, *, assurance=Assurance.TWO_FACTORS):
    """Return a person acting through a login of their own."""
    person = person or PersonFactory()
    methods = (Method.PASSWORD.value, Method.TOTP.value)
    return Actor(person, LoginFactory(person=person), LONG_AGO, str(assurance), methods)


class ServiceProviderFactory(DjangoModelFactory):
    class Meta:
        model = ServiceProvider
        django_get_or_create = ["code"]

    code = "autorite"
    name_fr, name_en = "L’Autorité", "The Autorité"


class EnterpriseFactory(DjangoModelFactory):
    class Meta:
        model = Enterprise

    class Params:
        in_recovery = factory.Trait(state=Enterprise.State.IN_RECOVERY)
        suspended = factory.Trait(state=Enterprise.State.SUSPENDED)
        closed = factory.Trait(state=Enterprise.State.CLOSED)
        outside_quebec = factory.Trait(kind=Enterprise.Kind.INDIVIDUAL_OUTSIDE_QUEBEC, is_established_in_quebec=False)

    kind = Enterprise.Kind.LEGAL_PERSON
    name = factory.Sequence(lambda n: f"Courtage Île-{n} inc.")


class IdentifierFactory(DjangoModelFactory):
    class Meta:
        model = Identifier

    enterprise = factory.SubFactory(EnterpriseFactory)
    kind = Identifier.Kind.NEQ
    value = factory.Sequence(lambda n: f"11{n:08d}")
    during = DateTimeTZRange(LONG_AGO, None)


class ServiceRegistrationFactory(DjangoModelFactory):
    class Meta:
        model = ServiceRegistration

    class Params:
        in_process = factory.Trait(state=ServiceRegistration.State.IN_PROCESS)
        refused = factory.Trait(state=ServiceRegistration.State.REFUSED)
        suspended = factory.Trait(state=ServiceRegistration.State.SUSPENDED)
        deactivated = factory.Trait(state=ServiceRegistration.State.DEACTIVATED)
        without_blocks = factory.Trait(accepted_blocks=[])

    enterprise = factory.SubFactory(EnterpriseFactory)
    provider = factory.SubFactory(ServiceProviderFactory)
    state = ServiceRegistration.State.ACTIVE
    client_number = factory.Sequence(lambda n: f"30{n:08d}")
    accepted_blocks = [BLOCK]
    requested_under = UNDER


class GrantFactory(DjangoModelFactory):
    """In force from long ago; `ended`, `not_yet` or `revoked` otherwise."""

    class Meta:
        abstract = True

    class Params:
        ended = factory.Trait(during=DateTimeTZRange(LONG_AGO, A_YEAR_LATER))
        not_yet = factory.Trait(during=DateTimeTZRange(FAR_AHEAD, FURTHER_AHEAD))
        revoked = factory.Trait(revoked_at=A_YEAR_LATER, revoked_under=UNDER, revocation_reason="Départ")

    during = DateTimeTZRange(LONG_AGO, FAR_AHEAD)
    granted_under = factory.LazyFunction(lambda: {"person": str(uuid.uuid4())})


class DesignationFactory(GrantFactory):
    """An RSE; `as_ra` for an authorized representative."""

    class Meta:
        model = Designation

    class Params:
        as_ra = factory.Trait(role=Designation.Role.RA, basis=Designation.Basis.OFFICE, function="Présidente")

    enterprise = factory.SubFactory(EnterpriseFactory)
    person = factory.SubFactory(PersonFactory)
    role = Designation.Role.RSE
    basis = Designation.Basis.NAMED


class UserFactory(GrantFactory):
    class Meta:
        model = User

    enterprise = factory.SubFactory(EnterpriseFactory)
    person = factory.SubFactory(PersonFactory)


class ProxyFactory(GrantFactory):
    """Every right of a block to a person; `to_view` for one who may only look."""

    class Meta:
        model = Proxy

    class Params:
        to_view = factory.Trait(rights=[Right.VIEW])

    enterprise = factory.SubFactory(EnterpriseFactory)
    provider = factory.SubFactory(ServiceProviderFactory)
    person = factory.SubFactory(PersonFactory)
    block = BLOCK
    rights = [Right.VIEW, Right.PREPARE, Right.SIGN, Right.PAY]


class NamingFactory(GrantFactory):
    """A user of a mandatary, named under an external proxy of every right of a block."""

    class Meta:
        model = Naming

    class Params:
        to_view = factory.Trait(rights=[Right.VIEW])

    proxy = factory.SubFactory(ProxyFactory, person=None, mandatary=factory.SubFactory(EnterpriseFactory))
    person = factory.LazyAttribute(lambda made: UserFactory(enterprise=made.proxy.mandatary).person)
    rights = [Right.VIEW, Right.PREPARE, Right.SIGN, Right.PAY]


class StaffAssignmentFactory(GrantFactory):
    """A verifier whom two supervisors assigned; `unconfirmed` by the second."""

    class Meta:
        model = StaffAssignment

    class Params:
        unconfirmed = factory.Trait(confirmed_by=None, confirmed_at=None, confirmed_under=None)
        supervisor = factory.Trait(role=StaffAssignment.Role.SUPERVISOR)

    person = factory.SubFactory(PersonFactory)
    role = StaffAssignment.Role.VERIFIER
    granted_by = factory.SubFactory(PersonFactory)
    confirmed_by = factory.SubFactory(PersonFactory)
    confirmed_at = LONG_AGO
    confirmed_under = UNDER
