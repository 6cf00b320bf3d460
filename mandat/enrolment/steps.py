"""The steps of an enrolment: what the checklist announced, and nothing else."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandat.enrolment.models import LANGUAGES, Purpose
from mandat.enterprises import identifiers
from mandat.enterprises.models import Basis, EnterpriseKind
from mandat.filings.definition import Answers, Step

YES, NO = "yes", "no"
YES_OR_NO = [(YES, gettext_lazy("Oui")), (NO, gettext_lazy("Non"))]
OWN, RELATED, OTHER = "own", "related", "other"
#: Kinds that have an NEQ. Whoever has none goes by the designation form.
KINDS = [
    (kind.value, kind.label)
    for kind in (
        EnterpriseKind.LEGAL_PERSON, EnterpriseKind.PARTNERSHIP, EnterpriseKind.SOLE_PROPRIETOR, EnterpriseKind.OTHER,
    )
]  # fmt: skip
REQUIRED = gettext_lazy("Répondez à cette question.")
MISSING = gettext_lazy("Remplissez ce champ.")
_A_NUMBER = {"inputmode": "numeric", "autocomplete": "off", "class": "short"}
_AN_EMAIL = {
    "required": gettext_lazy("Indiquez une adresse de courriel."),
    "invalid": gettext_lazy("Indiquez une adresse de courriel complète, comme nom@exemple.ca."),
}


def text(label: Any, *, missing: Any = MISSING, longest: int = 100, **more: Any) -> forms.CharField:
    """Return the field of one line of text."""
    return forms.CharField(label=label, max_length=longest, error_messages={"required": missing}, **more)


def email(label: Any, **more: Any) -> forms.EmailField:
    """Return the field of an address, in the words of these pages."""
    attributes = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
    return forms.EmailField(label=label, error_messages=_AN_EMAIL, widget=forms.EmailInput(attrs=attributes), **more)


def choice(label: Any, choices: Any, **more: Any) -> forms.ChoiceField:
    """Return the field of one choice among a few, all in sight."""
    errors = {"required": REQUIRED, "invalid_choice": gettext_lazy("Choisissez une des réponses proposées.")}
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, error_messages=errors, **more)


class EnrolmentStep(Step):
    """A page of an enrolment, where one answer may decide which others are needed."""

    #: The question that decides, and the fields that each of its answers needs; no other answer needs any of them.
    decides: ClassVar[str] = ""
    needed: ClassVar[Mapping[str, Collection[str]]] = {}

    @classmethod
    def set_aside(cls, answers: Mapping[str, Any]) -> set[str]:
        """Return the fields that the deciding answer does not need; all of them while it is not given."""
        conditional = {name for names in cls.needed.values() for name in names}
        return conditional - set(cls.needed.get(answers.get(cls.decides, ""), ()))

    def prepare(self) -> None:
        """Let what is set aside be blank, once the question is answered."""
        if self.data.get(self.decides) in self.needed:
            for name in self.set_aside(self.data):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Say nothing of what is set aside."""
        for name in self.set_aside(self.cleaned_data):
            self.errors.pop(name, None)
        return self.cleaned_data


class Firm(EnrolmentStep):
    """Which enterprise it is."""

    code = "entreprise"
    title = gettext_lazy("Entreprise")

    kind = choice(gettext_lazy("Forme de l’entreprise"), KINDS)
    neq = text(
        gettext_lazy("Numéro d’entreprise du Québec (NEQ)"),
        missing=gettext_lazy("Indiquez le NEQ : dix chiffres, inscrits au registre des entreprises."),
        help_text=gettext_lazy("10 chiffres, qui commencent par 11, 22, 33 ou 88. Les espaces ne comptent pas."),
        longest=30,
        widget=forms.TextInput(attrs=_A_NUMBER),
    )
    name = text(
        gettext_lazy("Nom de l’entreprise"),
        missing=gettext_lazy("Indiquez le nom de l’entreprise."),
        help_text=gettext_lazy("Tel qu’il est inscrit au registre des entreprises."),
        longest=300,
    )
    is_established_in_quebec = choice(gettext_lazy("L’entreprise a-t-elle un établissement au Québec?"), YES_OR_NO)
    street = text(gettext_lazy("Adresse"), help_text=gettext_lazy("Numéro, rue, bureau."), longest=150)
    city = text(gettext_lazy("Ville"))
    province = text(gettext_lazy("Province ou État, et pays"), help_text=gettext_lazy("Par exemple : Québec, Canada."))
    postal_code = text(gettext_lazy("Code postal"), longest=12, widget=forms.TextInput(attrs={"class": "short"}))

    def clean_neq(self) -> str:
        """
        Return the NEQ as it is kept.

        :raises ValidationError: if it has another form; its check digit only warns, elsewhere
        """
        try:
            return identifiers.neq(self.cleaned_data["neq"]).value
        except identifiers.NotANumber as wrong:
            message = _("Un NEQ compte dix chiffres et commence par 11, 22, 33 ou 88. Vérifiez-le au registre.")
            raise ValidationError(message) from wrong


class RevenuQuebec(EnrolmentStep):
    """A second thing that the enterprise knows of itself."""

    code = "revenu-quebec"
    title = gettext_lazy("Numéro de Revenu Québec")
    decides = "rq_source"
    needed = {OWN: ["rq_number"], RELATED: ["rq_number", "rq_related_name", "rq_relation"], OTHER: ["rq_proof"]}

    rq_source = choice(
        gettext_lazy("Que pouvez-vous fournir?"),
        [
            (OWN, gettext_lazy("Le numéro d’identification de l’entreprise")),
            (RELATED, gettext_lazy("Le numéro d’une entreprise liée")),
            (OTHER, gettext_lazy("Une autre preuve, sous forme de document")),
        ],
    )
    rq_number = text(
        gettext_lazy("Numéro d’identification de Revenu Québec"),
        missing=gettext_lazy("Indiquez ce numéro, ou choisissez une autre preuve."),
        help_text=gettext_lazy(
            "Pour les deux premiers choix : les 10 chiffres qui précèdent TQ ou RS dans un numéro de compte."
        ),
        longest=30,
        widget=forms.TextInput(attrs=_A_NUMBER),
    )
    rq_related_name = text(
        gettext_lazy("Nom de l’entreprise liée"),
        missing=gettext_lazy("Indiquez le nom de l’entreprise liée."),
        help_text=gettext_lazy("Pour le deuxième choix seulement."),
        longest=300,
    )
    rq_relation = text(
        gettext_lazy("Lien avec cette entreprise"),
        missing=gettext_lazy("Dites quel est le lien avec cette entreprise."),
        help_text=gettext_lazy("Par exemple : un associé de l’entreprise en est administrateur."),
        longest=300,
    )
    rq_proof = text(
        gettext_lazy("De quelle preuve s’agit-il?"),
        missing=gettext_lazy("Dites de quelle preuve il s’agit."),
        help_text=gettext_lazy("Pour le troisième choix : décrivez le document. Vous le joindrez plus loin."),
        longest=300,
    )

    def clean_rq_number(self) -> str:
        """
        Return the number as it is kept, or nothing if none was given.

        :raises ValidationError: if it has another form; its check digit only warns, elsewhere
        """
        typed: str = self.cleaned_data["rq_number"]
        try:
            return typed and identifiers.revenu_quebec(typed).value
        except identifiers.NotANumber as wrong:
            raise ValidationError(_("Ce numéro compte dix chiffres, sans les lettres qui suivent.")) from wrong


class Representative(EnrolmentStep):
    """Who is authorized to act for the enterprise, and by what."""

    code = "representant"
    title = gettext_lazy("Représentant autorisé")

    ra_given_name = text(gettext_lazy("Prénom"))
    ra_family_name = text(gettext_lazy("Nom de famille"))
    ra_function = text(gettext_lazy("Fonction"), help_text=gettext_lazy("Par exemple : présidente, associé."))
    ra_basis = choice(
        gettext_lazy("À quel titre cette personne agit-elle?"),
        [(Basis.OFFICE.value, Basis.OFFICE.label), (Basis.MANDATE.value, Basis.MANDATE.label)],
        help_text=gettext_lazy("Un mandat se prouve : vous joindrez plus loin la résolution ou la procuration."),
    )
    ra_email = email(gettext_lazy("Courriel"))
    ra_language = choice(gettext_lazy("Langue des messages"), LANGUAGES)


class InCharge(EnrolmentStep):
    """Who will be in charge of the enterprise's electronic services, and where the letter goes."""

    code = "responsable"
    title = gettext_lazy("Responsable des services électroniques")
    decides = "rse_is_ra"
    needed = {YES: [], NO: ["rse_given_name", "rse_family_name", "rse_email", "rse_language"]}

    rse_is_ra = choice(
        gettext_lazy("Le représentant autorisé sera-t-il aussi le responsable des services électroniques?"), YES_OR_NO
    )
    rse_given_name = text(
        gettext_lazy("Prénom"), help_text=gettext_lazy("Du responsable, si c’est une autre personne.")
    )
    rse_family_name = text(gettext_lazy("Nom de famille"))
    rse_email = email(gettext_lazy("Courriel"))
    rse_language = choice(gettext_lazy("Langue des messages"), LANGUAGES)
    rse_street = text(
        gettext_lazy("Adresse où le responsable recevra sa lettre"),
        help_text=gettext_lazy("La lettre porte la seconde partie de son secret d’activation. Numéro, rue, bureau."),
        longest=150,
    )
    rse_city = text(gettext_lazy("Ville"))
    rse_province = text(gettext_lazy("Province ou État, et pays"))
    rse_postal_code = text(gettext_lazy("Code postal"), longest=12, widget=forms.TextInput(attrs={"class": "short"}))


STEPS: tuple[type[EnrolmentStep], ...] = (Firm, RevenuQuebec, Representative, InCharge)
#: What the desk may ask to correct beside fields: the documents, by what they prove.
DOCUMENT_FIELDS = {f"document_{each.value}": each for each in Purpose}


def step(code: str) -> type[EnrolmentStep] | None:
    """Return a step by its code."""
    return next((each for each in STEPS if each.code == code), None)


def step_of(name: str) -> type[EnrolmentStep] | None:
    """Return the step where a field is: what a correction opens."""
    return next((each for each in STEPS if name in each.base_fields), None)


def label_of(name: str) -> str:
    """Return what people call a field, or the document that it stands for."""
    if name in DOCUMENT_FIELDS:
        return str(DOCUMENT_FIELDS[name].label)
    where = step_of(name)
    return str(where.base_fields[name].label) if where else name


def documents_needed(answers: Answers) -> list[Purpose]:
    """Return what the answers must be proven by."""
    needed = []
    if answers.get("rq_source") == OTHER:
        needed.append(Purpose.FIRM)
    if answers.get("ra_basis") == Basis.MANDATE:
        needed.append(Purpose.MANDATE)
    return needed
