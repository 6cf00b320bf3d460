"""What is asked of whoever asks that others act for an enterprise, and what the answers mean. Pure."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandat.enrolment.fields import NO, YES, YES_OR_NO, choice, email, text
from mandat.enrolment.models import LANGUAGES
from mandat.enrolment.models.handovers import Ground
from mandat.enrolment.reading import Named, one_address_each
from mandat.enterprises import identifiers
from mandat.enterprises.models import Basis
from mandat.filings.definition import Answers, Finding, Section, Step, Typed, read_steps, social_insurance_numbers
from mandat.filings.summary import sections_of
from mandat.identity.models import canonical_email

#: Where those in charge of electronic services stay as they are: only the representative changes.
REPRESENTATIVE_ALONE = (Ground.CHANGED, Ground.LEFT)
_RA = ("ra_given_name", "ra_family_name", "ra_function", "ra_basis", "ra_email", "ra_language")
_ADDRESS = ("street", "city", "province", "postal_code")
_RSE = ("rse_given_name", "rse_family_name", "rse_email", "rse_language")


class HandoverStep(Step):
    """The one page of a request: which firm, why, who asks, who is to act from now on."""

    code = "demande"
    title = gettext_lazy("Demande de relève")

    ground = choice(gettext_lazy("Que se passe-t-il?"), Ground.choices)
    neq = text(
        gettext_lazy("Numéro d’entreprise du Québec (NEQ)"),
        missing=gettext_lazy("Indiquez le NEQ : dix chiffres, inscrits au registre des entreprises."),
        help_text=gettext_lazy("10 chiffres, qui commencent par 11, 22, 33 ou 88. Les espaces ne comptent pas."),
        longest=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
    )
    words = forms.CharField(
        label=gettext_lazy("Ce qui s’est passé"), max_length=3000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Qui agissait, depuis quand cela n’est plus possible, ce que vos pièces prouvent."),
        error_messages={"required": gettext_lazy("Dites ce qui s’est passé.")},
    )  # fmt: skip
    asker = text(gettext_lazy("Votre nom"), longest=200)
    capacity = text(
        gettext_lazy("À quel titre demandez-vous?"), longest=200,
        help_text=gettext_lazy("Par exemple : actionnaire, liquidateur de la succession, avocate de la firme."),
    )  # fmt: skip
    ra_given_name = text(gettext_lazy("Prénom du nouveau représentant autorisé"))
    ra_family_name = text(gettext_lazy("Nom de famille du nouveau représentant"))
    ra_function = text(gettext_lazy("Fonction"), help_text=gettext_lazy("Par exemple : présidente, associé."))
    ra_basis = choice(
        gettext_lazy("À quel titre cette personne agit-elle?"),
        [(Basis.OFFICE.value, Basis.OFFICE.label), (Basis.MANDATE.value, Basis.MANDATE.label)],
        help_text=gettext_lazy("L’un et l’autre se prouvent : vous joindrez plus loin la pièce."),
    )
    ra_email = email(gettext_lazy("Courriel du nouveau représentant"))
    ra_language = choice(gettext_lazy("Langue des messages"), LANGUAGES)
    street = text(
        gettext_lazy("Adresse où les lettres doivent arriver"), longest=150,
        help_text=gettext_lazy("Chaque lettre porte la seconde partie d’un secret d’activation. Numéro, rue, bureau."),
    )  # fmt: skip
    city = text(gettext_lazy("Ville"))
    province = text(gettext_lazy("Province ou État, et pays"))
    postal_code = text(gettext_lazy("Code postal"), longest=12, widget=forms.TextInput(attrs={"class": "short"}))
    rse_is_ra = choice(
        gettext_lazy("Le nouveau représentant sera-t-il aussi responsable des services électroniques?"), YES_OR_NO,
        help_text=gettext_lazy("Sans objet si seul le représentant change : les responsables restent."),
    )  # fmt: skip
    rse_given_name = text(gettext_lazy("Prénom du responsable"), help_text=gettext_lazy("Si c’est une autre personne."))
    rse_family_name = text(gettext_lazy("Nom de famille du responsable"))
    rse_email = email(gettext_lazy("Courriel du responsable"))
    rse_language = choice(gettext_lazy("Langue des messages"), LANGUAGES)

    @staticmethod
    def set_aside(answers: Mapping[str, Any]) -> set[str]:
        """Return the fields that the answers make needless."""
        ground = answers.get("ground")
        if ground == Ground.LEFT:
            return {*_RA, *_ADDRESS, "rse_is_ra", *_RSE}
        if ground == Ground.CHANGED:
            return {"rse_is_ra", *_RSE}
        return set() if answers.get("rse_is_ra") == NO else set(_RSE)

    def prepare(self) -> None:
        """Let what is needless be blank."""
        for name in self.set_aside(self.data):
            self.fields[name].required = False

    def clean_neq(self) -> str:
        """
        Return the NEQ as it is kept.

        :raises ValidationError: if it has another form
        """
        try:
            return identifiers.neq(self.cleaned_data["neq"]).value
        except identifiers.NotANumber as wrong:
            message = _("Un NEQ compte dix chiffres et commence par 11, 22, 33 ou 88. Vérifiez-le au registre.")
            raise ValidationError(message) from wrong

    def clean(self) -> dict[str, Any]:
        """Say nothing of what is needless."""
        for name in self.set_aside(self.cleaned_data):
            self.errors.pop(name, None)
        return self.cleaned_data


def read(typed: Typed) -> tuple[dict[str, Any], list[Finding]]:
    """Return the answers that are well formed and that matter, and what holds the request back."""
    answers, findings = read_steps([HandoverStep], typed, None)
    kept = {name: value for name, value in answers.items() if name not in HandoverStep.set_aside(answers)}
    if names_an_rse(kept):
        findings += one_address_each(kept)
    return kept, findings + social_insurance_numbers(kept)


def summary(answers: Answers) -> list[Section]:
    """Return the answers as people read them."""
    return sections_of([HandoverStep], answers, None)


def names_an_rse(answers: Answers) -> bool:
    """Return whether somebody is to be in charge of electronic services from now on, in the place of all others."""
    return answers.get("ground") not in REPRESENTATIVE_ALONE


def people_named(answers: Answers) -> list[Named]:
    """Return whom a request names: the representative, then the person in charge if it is another."""
    return list(dict.fromkeys(each for each in (new_ra(answers), new_rse(answers)) if each))


def new_ra(answers: Answers) -> Named | None:
    """Return who is to represent the enterprise, if anybody new is."""
    return _named(answers, "ra") if answers.get("ground") != Ground.LEFT else None


def new_rse(answers: Answers) -> Named | None:
    """Return who is to be in charge of electronic services, if anybody new is."""
    if not names_an_rse(answers):
        return None
    return _named(answers, "ra" if answers["rse_is_ra"] == YES else "rse")


def _named(answers: Answers, who: str) -> Named:
    said = {name: answers[f"{who}_{name}"] for name in ("given_name", "family_name", "email", "language")}
    return Named(**said | {"email": canonical_email(said["email"])})


def letter_to(named: Named, answers: Answers) -> list[str]:
    """Return the lines of the letter to somebody whom a request names."""
    street, city, province, code = (answers[name] for name in _ADDRESS)
    return [str(named), street, f"{city} ({province})", code]
