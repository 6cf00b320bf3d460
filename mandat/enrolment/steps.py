"""The steps of an enrolment: what the checklist announced, and nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandat.enrolment.fields import A_NUMBER, NO, YES, YES_OR_NO, EnrolmentStep, choice, email, text
from mandat.enrolment.models import LANGUAGES, Purpose
from mandat.enterprises import identifiers
from mandat.enterprises.models import Basis, EnterpriseKind
from mandat.filings.definition import Answers

OWN, RELATED, OTHER = "own", "related", "other"
SELF, OTHERS = "self", "others"
KINDS = [
    (kind.value, kind.label)
    for kind in (
        EnterpriseKind.LEGAL_PERSON, EnterpriseKind.PARTNERSHIP, EnterpriseKind.SOLE_PROPRIETOR,
        EnterpriseKind.INDIVIDUAL_OUTSIDE_QUEBEC, EnterpriseKind.OTHER,
    )
]  # fmt: skip
#: Kinds that are one natural person, who may be everybody at once: the short path.
OF_ONE_PERSON = (EnterpriseKind.SOLE_PROPRIETOR, EnterpriseKind.INDIVIDUAL_OUTSIDE_QUEBEC)


class Firm(EnrolmentStep):
    """Which enterprise it is."""

    code = "entreprise"
    title = gettext_lazy("Entreprise")
    decides = "has_neq"
    needed = {YES: ["neq"], NO: ["client_number", "identity_proof"]}

    kind = choice(gettext_lazy("Forme de l’entreprise"), KINDS)
    has_neq = choice(
        gettext_lazy("L’entreprise a-t-elle un numéro d’entreprise du Québec (NEQ)?"),
        YES_OR_NO,
        help_text=gettext_lazy("Sans NEQ, le numéro de client de l’Autorité et une pièce d’identité en tiennent lieu."),
    )
    neq = text(
        gettext_lazy("Numéro d’entreprise du Québec (NEQ)"),
        missing=gettext_lazy("Indiquez le NEQ : dix chiffres, inscrits au registre des entreprises."),
        help_text=gettext_lazy("10 chiffres, qui commencent par 11, 22, 33 ou 88. Les espaces ne comptent pas."),
        longest=30,
        widget=forms.TextInput(attrs=A_NUMBER),
    )
    client_number = text(
        gettext_lazy("Numéro de client de l’Autorité"),
        missing=gettext_lazy("Sans NEQ, indiquez le numéro de client : dix chiffres."),
        help_text=gettext_lazy("Seulement sans NEQ. 10 chiffres, reçus avec le droit d’exercer au Québec."),
        longest=30,
        widget=forms.TextInput(attrs=A_NUMBER),
    )
    identity_proof = text(
        gettext_lazy("Pièce qui prouve l’identité"),
        missing=gettext_lazy("Sans NEQ, dites quelle pièce prouve l’identité."),
        help_text=gettext_lazy(
            "Seulement sans NEQ. Par exemple : certificat de constitution, passeport. Vous la joindrez plus loin."
        ),
        longest=300,
    )
    name = text(
        gettext_lazy("Nom de l’entreprise"),
        missing=gettext_lazy("Indiquez le nom de l’entreprise."),
        help_text=gettext_lazy("Tel qu’au registre des entreprises ou, sans NEQ, au dossier de l’Autorité."),
        longest=300,
    )
    is_established_in_quebec = choice(gettext_lazy("L’entreprise a-t-elle un établissement au Québec?"), YES_OR_NO)
    street = text(gettext_lazy("Adresse"), help_text=gettext_lazy("Numéro, rue, bureau."), longest=150)
    city = text(gettext_lazy("Ville"))
    province = text(gettext_lazy("Province ou État, et pays"), help_text=gettext_lazy("Par exemple : Québec, Canada."))
    postal_code = text(gettext_lazy("Code postal"), longest=12, widget=forms.TextInput(attrs={"class": "short"}))

    def clean_neq(self) -> str:
        """
        Return the NEQ as it is kept, or nothing if none was given.

        :raises ValidationError: if it has another form; its check digit only warns, elsewhere
        """
        typed: str = self.cleaned_data["neq"]
        try:
            return typed and identifiers.neq(typed).value
        except identifiers.NotANumber as wrong:
            message = _("Un NEQ compte dix chiffres et commence par 11, 22, 33 ou 88. Vérifiez-le au registre.")
            raise ValidationError(message) from wrong

    def clean_client_number(self) -> str:
        """
        Return the client number as it is kept, or nothing if none was given.

        :raises ValidationError: if it has another form
        """
        typed: str = self.cleaned_data["client_number"]
        try:
            return typed and identifiers.client_number(typed).value
        except identifiers.NotANumber as wrong:
            raise ValidationError(_("Un numéro de client compte dix chiffres.")) from wrong


class RevenuQuebec(EnrolmentStep):
    """A second thing that the enterprise knows of itself. Whoever has no NEQ proves who they are by a document."""

    code = "revenu-quebec"
    title = gettext_lazy("Numéro de Revenu Québec")
    decides = "rq_source"
    needed = {OWN: ["rq_number"], RELATED: ["rq_number", "rq_related_name", "rq_relation"], OTHER: ["rq_proof"]}

    @classmethod
    def applies(cls, answers: Mapping[str, Any]) -> bool:
        """Leave out whoever has no NEQ."""
        return answers.get("has_neq") != NO

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
        widget=forms.TextInput(attrs=A_NUMBER),
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


class Owner(EnrolmentStep):
    """The short path: one natural person who is the enterprise, its representative and in charge, all at once."""

    code = "proprietaire"
    title = gettext_lazy("Propriétaire")
    decides = "owner_path"
    needed = {SELF: ["owner_given_name", "owner_family_name", "owner_email", "owner_language"], OTHERS: []}

    owner_path = choice(
        gettext_lazy("Qui s’occupera du compte?"),
        [
            (SELF, gettext_lazy("Moi seul : je suis l’entreprise, et j’agis moi-même")),
            (OTHERS, gettext_lazy("D’autres personnes, nommées aux étapes suivantes")),
        ],
        help_text=gettext_lazy(
            "Qui agit seul n’a besoin d’aucune procuration, et reçoit sa lettre à l’adresse de l’entreprise."
        ),
    )
    owner_given_name = text(
        gettext_lazy("Prénom"), help_text=gettext_lazy("Pour le premier choix seulement, comme ce qui suit.")
    )
    owner_family_name = text(gettext_lazy("Nom de famille"))
    owner_email = email(gettext_lazy("Courriel"))
    owner_language = choice(gettext_lazy("Langue des messages"), LANGUAGES)

    @classmethod
    def applies(cls, answers: Mapping[str, Any]) -> bool:
        """Ask it of natural persons only."""
        return answers.get("kind") in OF_ONE_PERSON


def is_alone(answers: Mapping[str, Any]) -> bool:
    """Tell whether one natural person is the enterprise, its representative and in charge."""
    return answers.get("kind") in OF_ONE_PERSON and answers.get("owner_path") == SELF


class OfSeveral(EnrolmentStep):
    """A step that somebody who is everybody at once goes without."""

    @classmethod
    def applies(cls, answers: Mapping[str, Any]) -> bool:
        """Leave out the short path."""
        return not is_alone(answers)


class Representative(OfSeveral):
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


class InCharge(OfSeveral):
    """Who will be in charge of the enterprise's electronic services, and where the letter goes. One is needed."""

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


class OthersInCharge(OfSeveral):
    """Who else will be: one is needed, more are recommended; still others are named once the account is open."""

    code = "autres-responsables"
    title = gettext_lazy("Autres responsables")
    decides = "rse_more"
    needed = {
        "0": [],
        "1": ["rse2_given_name", "rse2_family_name", "rse2_email", "rse2_language"],
        "2": [f"rse{place}_{name}" for place in (2, 3) for name in ("given_name", "family_name", "email", "language")],
    }

    rse_more = choice(
        gettext_lazy("Combien d’autres responsables nommez-vous?"),
        [
            ("0", gettext_lazy("Aucun pour l’instant")),
            ("1", gettext_lazy("Un")),
            ("2", gettext_lazy("Deux")),
        ],
        help_text=gettext_lazy(
            "Un seul suffit; deux sont recommandés, pour que l’un remplace l’autre. "
            "Chacun reçoit sa propre invitation, et sa lettre à l’adresse de l’entreprise."
        ),
    )
    rse2_given_name = text(gettext_lazy("Prénom du deuxième responsable"))
    rse2_family_name = text(gettext_lazy("Nom de famille du deuxième responsable"))
    rse2_email = email(gettext_lazy("Courriel du deuxième responsable"))
    rse2_language = choice(gettext_lazy("Langue des messages du deuxième responsable"), LANGUAGES)
    rse3_given_name = text(gettext_lazy("Prénom du troisième responsable"))
    rse3_family_name = text(gettext_lazy("Nom de famille du troisième responsable"))
    rse3_email = email(gettext_lazy("Courriel du troisième responsable"))
    rse3_language = choice(gettext_lazy("Langue des messages du troisième responsable"), LANGUAGES)


#: Every step that there may be, in order. `steps_for` says which an enrolment goes by.
STEPS: tuple[type[EnrolmentStep], ...] = (Firm, RevenuQuebec, Owner, Representative, InCharge, OthersInCharge)
#: What the desk may ask to correct beside fields: the documents, by what they prove.
DOCUMENT_FIELDS = {f"document_{each.value}": each for each in (Purpose.FIRM, Purpose.MANDATE)}


def steps_for(answers: Mapping[str, Any]) -> Sequence[type[EnrolmentStep]]:
    """Return the steps that an enrolment goes by, with what it says so far, well formed or not."""
    return [each for each in STEPS if each.applies(answers)]


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
    """Return what the answers must be proven by; what is left in a step that no longer applies asks for nothing."""
    needed = []
    if answers.get("has_neq") == NO or answers.get("rq_source") == OTHER:
        needed.append(Purpose.FIRM)
    if answers.get("ra_basis") == Basis.MANDATE and not is_alone(answers):
        needed.append(Purpose.MANDATE)
    return needed
