"""Registrants and what holds of them, since long ago and without an end unless a trait says otherwise."""

from datetime import date

import factory
from django.db.backends.postgresql.psycopg_any import DateRange
from factory.django import DjangoModelFactory

from mandat.access.tests.factories import ServiceRegistrationFactory
from mandat.register.models import Attachment, Establishment, Individual, Office, Regime, Registrant, Registration

LONG_AGO, A_YEAR_LATER, FAR_AHEAD = date(2020, 1, 1), date(2021, 1, 1), date(2100, 1, 1)


class RegistrantFactory(DjangoModelFactory):
    """A securities firm with an enterprise behind it; `service_registration=None` for one that nobody stands for."""

    class Meta:
        model = Registrant

    class Params:
        as_cabinet = factory.Trait(kind=Registrant.Kind.CABINET)

    service_registration = factory.SubFactory(ServiceRegistrationFactory)
    client_number = factory.Sequence(lambda n: f"31{n:08d}")
    kind = Registrant.Kind.SECURITIES_FIRM
    name = factory.Sequence(lambda n: f"Courtage Île-{n} inc.")
    neq = factory.Sequence(lambda n: f"11{n:08d}")


class IndividualFactory(DjangoModelFactory):
    class Meta:
        model = Individual

    nrd_number = factory.Sequence(lambda n: f"{n + 1}")
    given_name = factory.Sequence(lambda n: ("Éloïse", "Marc", "Aïcha", "Jean-Noël")[n % 4])
    family_name = factory.Sequence(lambda n: f"Côté-{n}")


class FactFactory(DjangoModelFactory):
    """Holding since long ago; `ended`, or `not_yet`."""

    class Meta:
        abstract = True

    class Params:
        ended = factory.Trait(during=DateRange(LONG_AGO, A_YEAR_LATER))
        not_yet = factory.Trait(during=DateRange(FAR_AHEAD, None))

    during = DateRange(LONG_AGO, None)
    registrant = factory.SubFactory(RegistrantFactory)


class RegistrationFactory(FactFactory):
    class Meta:
        model = Registration

    class Params:
        in_distribution = factory.Trait(regime=Regime.DISTRIBUTION, code="AP")

    regime, code = Regime.SECURITIES, "EMD"


class EstablishmentFactory(FactFactory):
    class Meta:
        model = Establishment

    kind = Establishment.Kind.PRINCIPAL
    street, city, province, postal_code = "1, rue du Quai", "Rimouski", "QC", "G5L 1A1"


class OfficeFactory(FactFactory):
    class Meta:
        model = Office

    individual = factory.SubFactory(IndividualFactory)
    role = Office.Role.UDP


class AttachmentFactory(FactFactory):
    """A dealing representative in securities; `in_distribution` for insurance of persons."""

    class Meta:
        model = Attachment

    class Params:
        in_distribution = factory.Trait(regime=Regime.DISTRIBUTION, code="AP")

    individual = factory.SubFactory(IndividualFactory)
    regime, code = Regime.SECURITIES, "DR"
