"""What is asked of an RSE about organisations that act for others: to which one, what, until when, through whom."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.identity.models import Person
from mandat.web.firm.access_forms import GrantForm, last_day_field, refuse_a_day_out_of_reach


class ProposalForm(GrantForm):
    """Which organisation, which rights in which blocks, and until when."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number = forms.CharField(
            label=_("Numéro de l’organisation mandataire"), max_length=40,
            help_text=_("Son NEQ, ou la référence que sa page « Clients » lui montre. Aucune liste n’est offerte."),
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            error_messages={"required": _("Indiquez le numéro de l’organisation : elle vous le donne.")},
        )  # fmt: skip
        self.fields = {"number": number} | self.fields

    def clean_number(self) -> str:
        """Return the number without the spaces that people write in it."""
        return "".join(str(self.cleaned_data["number"]).split())


class NameForm(forms.Form):
    """Which person of the organisation, which of the rights received, and until when."""

    def __init__(
        self, *args: Any, people: QuerySet[Person], received: Collection[str], today: date, longest: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.longest, self.received = today, longest, frozenset(received)
        self.fields["person"] = forms.ModelChoiceField(
            label=_("Personne"), queryset=people, to_field_name="public_id", empty_label=_("Choisissez"),
            help_text=_("Une personne qui n’y est pas : ajoutez-la d’abord parmi les utilisateurs de l’organisation."),
            error_messages={"required": _("Choisissez la personne."), "invalid_choice": _("Choisissez la personne.")},
        )  # fmt: skip
        self.fields["given"] = forms.MultipleChoiceField(
            label=_("Droits"), widget=forms.CheckboxSelectMultiple,
            choices=[(each.value, each.label) for each in Right if each in RIGHTS_OF_A_PROXY and each in received],
            error_messages={"required": _("Cochez au moins un droit.")},
        )  # fmt: skip
        self.fields["until"] = last_day_field(today, longest)

    def rights(self) -> list[Right]:
        """Return what is given: one views what one prepares, signs or pays, if the organisation does."""
        given = {Right(each) for each in self.cleaned_data["given"]}
        return sorted(given | ({Right.VIEW} & {Right(each) for each in self.received}))

    def clean_until(self) -> date:
        """
        Return the last day.

        :raises ValidationError: if it is past, or later than what was received
        """
        until: date = self.cleaned_data["until"]
        refuse_a_day_out_of_reach(until, today=self.today, longest=self.longest)
        return until

    def clean(self) -> None:
        """
        See that something is left to give.

        :raises ValidationError: if nothing was received that a person may hold
        """
        if not self.received:
            raise ValidationError(_("Cochez au moins un droit."))
