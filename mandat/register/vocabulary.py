"""The words of the register: what a registrant may be, under which law, in what state, and who holds which office."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RegistrantKind(TextChoices):
    """What is registered. One registrant may hold registrations under several laws."""

    SECURITIES_FIRM = "securities_firm", _("Société inscrite en valeurs mobilières ou en dérivés")
    CABINET = "cabinet", _("Cabinet")
    INDEPENDENT_PARTNERSHIP = "independent_partnership", _("Société autonome")
    INDEPENDENT_REPRESENTATIVE = "independent_representative", _("Représentant autonome")


class Regime(TextChoices):
    """The law that a registration is made under."""

    SECURITIES = "securities", _("Valeurs mobilières")
    DERIVATIVES = "derivatives", _("Dérivés")
    DISTRIBUTION = "distribution", _("Distribution de produits et services financiers")


class Standing(TextChoices):
    """What a registration allows while it lasts. One that was struck off has an end, and no row after it."""

    ACTIVE = "active", _("En vigueur")
    RESTRICTED = "restricted", _("Assortie de restrictions ou de conditions")
    SUSPENDED = "suspended", _("Suspendue")


class OfficeRole(TextChoices):
    """The offices that the law asks a registrant to fill."""

    UDP = "udp", _("Personne désignée responsable")
    CCO = "cco", _("Chef de la conformité")
    RESPONSIBLE_OFFICER = "responsible_officer", _("Dirigeant responsable au Québec")
    RESPONSIBLE_PARTNER = "responsible_partner", _("Associé responsable")
    CORRESPONDENT = "correspondent", _("Correspondant")
    CORRESPONDENT_ASSISTANT = "correspondent_assistant", _("Adjoint du correspondant")


class EstablishmentKind(TextChoices):
    """The principal place of business, or another one."""

    PRINCIPAL = "principal", _("Établissement principal")
    BRANCH = "branch", _("Succursale")


#: Offices that one person at most holds in a registrant at a time, as the Autorité's page on business ties says.
HELD_BY_ONE = (OfficeRole.CORRESPONDENT, OfficeRole.RESPONSIBLE_PARTNER)

#: The list of the reference data that the codes of a regime are taken from, for firms and for individuals.
LISTS_OF_FIRMS = {
    Regime.SECURITIES: "firm_category",
    Regime.DERIVATIVES: "firm_category",
    Regime.DISTRIBUTION: "discipline",
}
LISTS_OF_INDIVIDUALS = LISTS_OF_FIRMS | {
    Regime.SECURITIES: "individual_category",
    Regime.DERIVATIVES: "individual_category",
}
