"""What is asked of an RSE: who the new user is, what a proxy gives and until when, why one is revoked."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as now_in_words
from django.utils.translation import gettext_lazy as _

from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.reference.models import Entry
from mandat.web.templatetags.days import day

INSIDE, OUTSIDE = "inside", "outside"
_GIVEN = [(right.value, right.label) for right in Right if right in RIGHTS_OF_A_PROXY]


class UserForm(forms.Form):
    """Who the new user is."""

    given_name = forms.CharField(
        label=_("Prénom"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Indiquez le prénom de la personne.")},
    )  # fmt: skip
    family_name = forms.CharField(
        label=_("Nom de famille"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Indiquez le nom de famille de la personne.")},
    )  # fmt: skip
    email = forms.EmailField(
        label=_("Courriel"), max_length=254,
        help_text=_("Une adresse qu’elle est seule à lire : le lien d’activation y sera envoyé."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Indiquez le courriel de la personne."),
            "invalid": _("Cette adresse n’est pas complète. Écrivez-la comme ceci : nom@exemple.ca."),
        },
    )  # fmt: skip
    place = forms.ChoiceField(
        label=_("Sa place"), widget=forms.RadioSelect,
        choices=[
            (INSIDE, _("Elle travaille pour la firme")),
            (OUTSIDE, _("Elle est de l’extérieur, comme un comptable")),
        ],
        error_messages={"required": _("Dites si la personne travaille pour la firme.")},
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Langue de ses messages"), choices=[("fr", _("Français")), ("en", _("Anglais"))], initial="fr"
    )


def last_day_field(today: date, longest: date) -> forms.DateField:
    """Return the field of the last day of a proxy."""
    return forms.DateField(
        label=_("Jusqu’au"),
        help_text=now_in_words(
            "Année, mois, jour, comme %(example)s. Ce jour est compris; au plus tard le %(longest)s."
        ) % {"example": f"{today.year + 1}-03-31", "longest": day(longest)},
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Indiquez le dernier jour de la procuration : elle finit toujours."),
            "invalid": _("Cette date n’existe pas. Écrivez-la comme ceci : 2027-03-31."),
        },
    )  # fmt: skip


def refuse_a_day_out_of_reach(until: date, *, today: date, longest: date) -> None:
    """
    Let pass a last day that a proxy may have.

    :raises ValidationError: if it is past, or later than a proxy may last
    """
    if until < today:
        raise ValidationError(_("Ce jour est passé. Choisissez aujourd’hui ou un jour à venir."))
    if until > longest:
        raise ValidationError(
            _("C’est trop loin : une procuration va au plus jusqu’au %(longest)s. Vous pourrez en redonner une."),
            params={"longest": day(longest)},
        )


class RightsField(forms.MultipleChoiceField):
    """The rights that a proxy gives in one block."""

    def __init__(self, block: Entry) -> None:
        super().__init__(
            label=block.label, help_text=block.value("scope"), choices=_GIVEN, required=False,
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        self.template_name = "mandat/web/forms/rights.html"


class GrantForm(forms.Form):
    """Which rights, in which of the blocks that the firm uses, and until when."""

    def __init__(self, *args: Any, blocks: Iterable[Entry], today: date, longest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blocks, self.today, self.longest = list(blocks), today, longest
        self.fields |= {block.code: RightsField(block) for block in self.blocks}
        self.fields["until"] = last_day_field(today, longest)

    def clean_until(self) -> date:
        """
        Return the last day.

        :raises ValidationError: if it is past, or later than a proxy may last
        """
        until: date = self.cleaned_data["until"]
        refuse_a_day_out_of_reach(until, today=self.today, longest=self.longest)
        return until

    def clean(self) -> None:
        """
        See that something is given.

        :raises ValidationError: if no right is ticked
        """
        if not self.rights():
            raise ValidationError(_("Cochez au moins un droit, dans au moins un bloc."))

    def rights(self) -> dict[str, Collection[Right]]:
        """Return what is given, by block: one views what one prepares, signs or pays."""
        ticked = {each.code: self.cleaned_data.get(each.code) for each in self.blocks}
        return {code: sorted({Right.VIEW, *map(Right, given)}) for code, given in ticked.items() if given}


class ChangeForm(forms.Form):
    """What is left of a proxy, or until when it goes: less of it, or longer, one at a time."""

    rights_left = forms.MultipleChoiceField(
        label=_("Droits"), required=False, choices=_GIVEN, widget=forms.CheckboxSelectMultiple,
        help_text=_("Décochez ce qui ne doit plus être permis. Aucun droit ne s’ajoute ici."),
    )  # fmt: skip
    until = forms.DateField(
        label=_("Jusqu’au"),
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Indiquez le dernier jour de la procuration : elle finit toujours."),
            "invalid": _("Cette date n’existe pas. Écrivez-la comme ceci : 2027-03-31."),
        },
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Raison"), required=False, max_length=300,
        help_text=_("Elle reste au dossier de la firme, avec votre nom."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, held: Collection[str], until: date, today: date, longest: date, may_raise: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.held, self.was, self.today, self.longest, self.may_raise = (
            frozenset(held),
            until,
            today,
            longest,
            may_raise,
        )
        chosen = self.fields["rights_left"]
        assert isinstance(chosen, forms.MultipleChoiceField)  # noqa: S101 - for the reader of types
        chosen.choices = [(value, label) for value, label in _GIVEN if value in held]
        chosen.initial = sorted(held)
        last = self.fields["until"]
        last.initial = until.isoformat()
        last.help_text = now_in_words(
            "Année, mois, jour, comme %(example)s. Ce jour est compris; au plus tard le %(longest)s."
        ) % {"example": until.isoformat(), "longest": day(longest if may_raise else until)}

    @property
    def is_longer(self) -> bool:
        """Tell whether a later end is asked for."""
        return bool(self.cleaned_data["until"] > self.was)

    def rights(self) -> list[Right]:
        """Return the rights that are left: one views what one prepares, signs or pays, if one did."""
        left = {Right(each) for each in self.cleaned_data["rights_left"]}
        return sorted(left | ({Right.VIEW} & {Right(each) for each in self.held} if left else set()))

    def clean_until(self) -> date:
        """
        Return the last day.

        :raises ValidationError: if it is past, or later than the proxy may last
        """
        until: date = self.cleaned_data["until"]
        if until < self.today:
            raise ValidationError(_("Ce jour est passé. Choisissez aujourd’hui ou un jour à venir."))
        longest = self.longest if self.may_raise else self.was
        if until > longest:
            raise ValidationError(
                _("C’est trop loin : cette procuration va au plus jusqu’au %(longest)s."),
                params={"longest": day(longest)},
            )
        return until

    def clean(self) -> None:
        """
        See that something is changed, in one direction.

        :raises ValidationError: if nothing is, or no right is left, or less and longer are asked at once
        """
        if "until" not in self.cleaned_data:
            return
        left = {each.value for each in self.rights()}
        if not left:
            raise ValidationError(_("Il ne reste aucun droit. Pour tout retirer, révoquez la procuration."))
        if left == self.held and self.cleaned_data["until"] == self.was:
            raise ValidationError(_("Rien n’est changé. Décochez un droit, ou changez la date."))
        if left != self.held and self.is_longer:
            raise ValidationError(_("Faites-le en deux fois : réduisez les droits, puis prolongez."))


class ReasonForm(forms.Form):
    """Why a proxy is revoked."""

    reason = forms.CharField(
        label=_("Raison"), required=False, max_length=300,
        help_text=_("Elle reste au dossier de la firme, avec votre nom."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
