"""What a supervisor says of a role of the staff: whose, which, until when; why it is kept, ended or refused."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as now_in_words
from django.utils.translation import gettext_lazy as _

from mandat.access.models import StaffAssignment
from mandat.access.staffing import QUEUES
from mandat.identity import user_code
from mandat.identity.models import LoginLink, Person
from mandat.identity.models.logins import canonical_email
from mandat.platform.clock import AppNow
from mandat.reference.queries import entries
from mandat.web.templatetags.days import day

Role = StaffAssignment.Role
#: The roles that may be held in one queue alone: the others have none.
OF_A_QUEUE = (Role.VERIFIER, Role.OFFICER)
_SHORT = {"class": "short", "inputmode": "numeric", "autocomplete": "off"}
_NO_SUCH_DAY = _("Cette date n’existe pas. Écrivez-la comme ceci : 2027-03-31.")


def holder_of(typed: str) -> Person | None:
    """Return the person who signs in by a user code or an address, if there is one."""
    login = (
        {"login__email": canonical_email(typed)} if "@" in typed else {"login__user_code": user_code.canonical(typed)}
    )
    links = LoginLink.objects.select_related("person").filter(**login, login__is_active=True, during__contains=AppNow())
    found = links.order_by("id").first()
    return found.person if found else None


class RoleForm(forms.Form):
    """A role to propose."""

    who = forms.CharField(
        label=_("Code d’utilisateur ou courriel de la personne"), max_length=254,
        help_text=_("Ceux par lesquels cette personne entre ici. Vous verrez son nom avant de proposer."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={"required": _("Dites de qui il s’agit.")},
    )  # fmt: skip
    role = forms.ChoiceField(
        label=_("Rôle"), choices=Role, widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choisissez un rôle.")),
    )  # fmt: skip
    queue = forms.ChoiceField(
        label=_("File"), required=False,
        help_text=_("Une seule file, ou toutes. Seuls les agents de vérification et d’inscription ont une file."),
        error_messages={"invalid_choice": _("Choisissez une file de la liste.")},
    )  # fmt: skip
    start = forms.DateField(
        label=_("À compter du"), required=False, widget=forms.TextInput(attrs=_SHORT),
        help_text=_("Année, mois, jour. Sans date : dès la confirmation."), error_messages={"invalid": _NO_SUCH_DAY},
    )  # fmt: skip
    until = forms.DateField(
        label=_("Jusqu’au"), widget=forms.TextInput(attrs=_SHORT),
        error_messages={
            "required": _("Indiquez le dernier jour du rôle : il finit toujours."), "invalid": _NO_SUCH_DAY,
        },
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, longest: date, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.by = today, by
        self.found: Person | None = None
        queue, until = self.fields["queue"], self.fields["until"]
        assert isinstance(queue, forms.ChoiceField)  # noqa: S101 - for the reader of types
        queue.choices = queues_on(today)
        until.help_text = now_in_words(
            "Année, mois, jour, comme %(example)s. Ce jour est compris; au plus tard le %(longest)s."
        ) % {"example": f"{today.year + 1}-03-31", "longest": day(longest)}

    def clean_who(self) -> str:
        """
         Return what was typed; `found` is then whose it is.

        :raises ValidationError: if it is nobody's, or one's own
        """
        typed: str = self.cleaned_data["who"]
        self.found = holder_of(typed)
        if self.found is None:
            raise ValidationError(
                _("Personne n’entre ici par ce code ou cette adresse. Vérifiez-les avec la personne.")
            )
        if self.found == self.by:
            raise ValidationError(_("Personne ne propose un rôle pour soi. Demandez-le à un autre superviseur."))
        return typed

    def clean_start(self) -> date | None:
        """
         Return the first day, if one is asked for.

        :raises ValidationError: if it is past
        """
        start: date | None = self.cleaned_data["start"]
        if start and start < self.today:
            raise ValidationError(_("Ce jour est passé. Choisissez aujourd’hui ou un jour à venir."))
        return start

    def clean(self) -> None:
        """See that the role ends after it begins, and has a queue only if it may."""
        given = self.cleaned_data
        if given.get("until") and given["until"] < (given.get("start") or self.today):
            self.add_error("until", _("Le rôle finirait avant de commencer. Choisissez un jour plus tardif."))
        if given.get("queue") and given.get("role") and given["role"] not in OF_A_QUEUE:
            self.add_error("queue", _("Ce rôle vaut pour toutes les files."))


def queues_on(today: date) -> list[tuple[str, Any]]:
    """Return the queues that a role may be limited to: those of the desks, and one for each block."""
    return [*QUEUES.items(), *((each.code, each.label) for each in entries("block", today))]


class NoteForm(forms.Form):
    """Why: it is asked for at a review and at an end, and stays on file."""

    reason = forms.CharField(
        label=_("Raison"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Elle reste au dossier, avec votre nom."),
        error_messages={"required": _("Écrivez la raison, en quelques mots.")},
    )  # fmt: skip
