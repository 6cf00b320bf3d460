"""The five steps of a withdrawal."""

from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from mandat.filing_types.withdrawal_of_representative.facts import Facts
from mandat.filings.definition import Step

YES, NO = "yes", "no"
OTHER = "OTHER"
FIRM, SOMEBODY_ELSE = "firm", "other"


class Representative(Step):
    """Who is withdrawn: somebody attached to the firm today."""

    code = "representative"
    title = _("Représentant")

    representative = forms.ChoiceField(
        label=_("Représentant à retirer"),
        help_text=_("Seules les personnes rattachées à la firme aujourd’hui figurent dans cette liste."),
        error_messages={
            "required": _("Choisissez le représentant à retirer."),
            "invalid_choice": _("Cette personne n’est pas rattachée à la firme. Choisissez-en une dans la liste."),
        },
    )

    def prepare(self) -> None:
        """Offer the people attached to the firm."""
        facts = cast("Facts", self.facts)
        people = {each.individual: each.name for each in facts.attached}
        field = cast("forms.ChoiceField", self.fields["representative"])
        field.choices = [("", _("Choisir")), *people.items()]


class Cessation(Step):
    """What ends, when, and why."""

    code = "cessation"
    title = _("Fin du rattachement")

    attachments = forms.MultipleChoiceField(
        label=_("Catégories ou disciplines visées"),
        help_text=_("Cochez toutes celles où la personne cesse d’agir pour la firme."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Cochez au moins une catégorie ou une discipline."),
            "invalid_choice": _(
                "Cette personne n’est pas rattachée à la firme dans chacune des catégories ou disciplines cochées."
            ),
        },
    )
    cessation_date = forms.DateField(
        label=_("Date de cessation"),
        help_text=_("Premier jour où la personne n’agit plus pour la firme, sous la forme AAAA-MM-JJ."),
        input_formats=["%Y-%m-%d"],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Indiquez la date de cessation."),
            "invalid": _("Indiquez une date réelle sous la forme AAAA-MM-JJ, comme 2026-03-31."),
        },
    )
    reason = forms.ChoiceField(
        label=_("Motif"),
        error_messages={
            "required": _("Choisissez un motif."),
            "invalid_choice": _("Ce motif n’existe pas. Choisissez-en un dans la liste."),
        },
    )
    reason_details = forms.CharField(
        label=_("Précisions sur le motif"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def prepare(self) -> None:
        """Offer what the chosen person is attached for, and the reasons of the day."""
        facts = cast("Facts", self.facts)
        chosen = facts.of(str(self.data.get("representative") or "")) or facts.attached
        attachments = cast("forms.MultipleChoiceField", self.fields["attachments"])
        attachments.choices = list({each.code: facts.label_of(each) for each in chosen}.items())
        reasons = facts.lists["withdrawal_reason"].values()
        reason = cast("forms.ChoiceField", self.fields["reason"])
        reason.choices = [("", _("Choisir")), *((each.code, each.label) for each in reasons)]


class Clients(Step):
    """What remains behind: complaints, inquiries, and the clients' files."""

    code = "clients"
    title = _("Clients et dossiers")

    complaints = forms.ChoiceField(
        label=_("Une plainte ou une enquête visant cette personne est-elle en cours?"),
        choices=[(YES, _("Oui")), (NO, _("Non"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Répondez par oui ou par non.")},
    )
    complaints_details = forms.CharField(
        label=_("Plaintes et enquêtes en cours"),
        help_text=_("Dites de quoi il s’agit, sans nommer de client."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    custody = forms.ChoiceField(
        label=_("Qui conserve les dossiers des clients?"),
        choices=[(FIRM, _("La firme")), (SOMEBODY_ELSE, _("Une autre personne ou une autre firme"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites qui conserve les dossiers des clients.")},
    )
    custodian = forms.CharField(
        label=_("Nom et adresse de qui conserve les dossiers"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class Contact(Step):
    """Whom the officer calls."""

    code = "contact"
    title = _("Personne à joindre")

    contact_name = forms.CharField(
        label=_("Nom"), max_length=200, error_messages={"required": _("Indiquez le nom de la personne à joindre.")}
    )
    contact_phone = forms.RegexField(
        label=_("Téléphone"),
        regex=r"^\+?[0-9 ().-]{10,20}( ?(poste|p\.|ext\.?|x) ?[0-9]{1,6})?$",
        strip=True,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={
            "required": _("Indiquez un numéro de téléphone."),
            "invalid": _("Indiquez un numéro de dix chiffres, comme 418 555-0123, au besoin suivi de « poste 12 »."),
        },
    )
    contact_email = forms.EmailField(
        label=_("Courriel"),
        error_messages={
            "required": _("Indiquez une adresse de courriel."),
            "invalid": _("Indiquez une adresse de courriel complète, comme nom@exemple.ca."),
        },
    )


class Declaration(Step):
    """What the signer answers for."""

    code = "declaration"
    title = _("Déclaration")

    declaration = forms.BooleanField(
        label=_(
            "Je déclare que ces renseignements sont exacts et complets, et que j’ai le pouvoir de déposer cet avis "
            "au nom de la firme."
        ),
        error_messages={"required": _("Cochez la déclaration pour pouvoir signer.")},
    )
