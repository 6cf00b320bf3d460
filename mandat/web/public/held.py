"""
What a browser holds without an account: the enrolments, and the requests for a handover, that it began or opened.

It opens one with its number and follow-up code; the session says which are held. To any other browser, the address of
one leads to the page that asks for both.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from mandat.enrolment import codes
from mandat.enrolment.errors import WrongFollowUpCode
from mandat.enrolment.handover_queries import handover_with, read_handover_number
from mandat.enrolment.models import Enrolment, Handover
from mandat.enrolment.number import NotAnEnrolmentNumber, read_number
from mandat.enrolment.queries import enrolment_with
from mandat.platform.clock import legal_day, now
from mandat.platform.inspection.findings import Kind
from mandat.reference.queries import policy
from mandat.web.account.limits import count_attempt
from mandat.web.asking import Request
from mandat.web.documents import DocumentField

UNPROCESSABLE = 422
#: In the session: the codes that this browser has yet to show.
TO_SHOW = "follow_up_codes"
MOST_HELD = 20
View = Callable[..., HttpResponseBase]


class StartForm(forms.Form):
    """Where to write to."""

    email = forms.EmailField(
        label=gettext_lazy("Votre courriel"),
        help_text=gettext_lazy("Nous y envoyons le numéro et le code qui permettent de revenir à l’inscription."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Indiquez une adresse de courriel."),
            "invalid": gettext_lazy("Indiquez une adresse de courriel complète, comme nom@exemple.ca."),
        },
    )


class StartHandoverForm(StartForm):
    """The same, of a request."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        said = _("Nous y envoyons le numéro et le code qui permettent de revenir à la demande.")
        self.fields["email"].help_text = said


class ResumeForm(forms.Form):
    """A number and its code."""

    #: How the number is read.
    read: Callable[[str], str] = staticmethod(read_number)

    number = forms.CharField(
        label=gettext_lazy("Numéro d’inscription"),
        help_text=gettext_lazy("Il ressemble à E-2026-000123-7. Il est dans le courriel reçu au début."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "short"}),
        error_messages={"required": gettext_lazy("Indiquez le numéro de l’inscription.")},
    )
    code = forms.CharField(
        label=gettext_lazy("Code de suivi"),
        help_text=gettext_lazy("Seize signes. Les traits d’union et les majuscules ne comptent pas."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Indiquez le code de suivi.")},
    )

    def clean_number(self) -> str:
        """
        Return the number as it is kept.

        :raises ValidationError: if it cannot be one
        """
        try:
            return self.read(self.cleaned_data["number"])
        except NotAnEnrolmentNumber as wrong:
            raise forms.ValidationError(_("Ce numéro semble mal tapé. Comparez-le à celui du courriel.")) from wrong


class ResumeHandoverForm(ResumeForm):
    """The number of a request and its code."""

    read = staticmethod(read_handover_number)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        number = self.fields["number"]
        number.label = _("Numéro de la demande")
        number.help_text = _("Il ressemble à R-2026-000123-7. Il est dans le courriel reçu au début.")
        number.error_messages["required"] = _("Indiquez le numéro de la demande.")


class JoinForm(forms.Form):
    """A file that proves something."""

    document = DocumentField(
        label=gettext_lazy("Document"),
        help_text=gettext_lazy("PDF, PNG ou JPEG. N’y laissez aucun numéro d’assurance sociale."),
        kinds=(Kind.PDF, Kind.PNG, Kind.JPEG),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["document"].largest = policy("enrolment-document-megabytes", legal_day(now()))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Holding:
    """One kind of thing that a browser may hold."""

    #: What its addresses call it.
    name: str
    #: In the session: which are held.
    session: str
    model: type[Enrolment] | type[Handover]
    #: Which one has a number and a code; raises WrongFollowUpCode.
    found_by: Callable[..., Enrolment | Handover]
    form: type[ResumeForm]
    #: What is said to whoever does not hold it.
    asked: Any

    def hold(self, request: Request, one: Enrolment | Handover, *, code: str = "") -> None:
        """Remember that this browser may open it, and the code that its page is to show once."""
        others = [each for each in request.session.get(self.session, []) if each != str(one.public_id)]
        request.session[self.session] = [*others, str(one.public_id)][-MOST_HELD:]
        if code:
            request.session[TO_SHOW] = {str(one.public_id): code}

    def of(self, request: Request) -> QuerySet[Any]:
        """Return those that this browser holds, the last first."""
        return self.model.objects.filter(public_id__in=request.session.get(self.session, [])).order_by("-id")

    def for_holders(self, view: View) -> View:
        """Hand a view the one of its address, if this browser holds it; else ask for its number and code."""

        @wraps(view)
        def opened(request: Request, **named: Any) -> HttpResponseBase:
            place: UUID = named.pop(self.name)
            if str(place) not in request.session.get(self.session, []):
                messages.info(request, self.asked)
                return redirect(f"public:{self.name}_resume")
            return view(request, get_object_or_404(self.model, public_id=place), **named)

        return never_cache(opened)

    def resumed(self, request: Request) -> HttpResponse:
        """Open one with its number and code, from any browser."""
        form = self.form(request.POST if request.method == "POST" else None)
        if form.is_valid():
            usage = count_attempt(request, key=f"{self.name}:{form.cleaned_data['number']}")
            try:
                found = self.found_by(**form.cleaned_data)
            except WrongFollowUpCode:
                form.add_error("code", _("Ce code ne va pas avec ce numéro. Comparez les deux à ceux du courriel."))
            else:
                usage.rollback()
                self.hold(request, found)
                return redirect(f"public:{self.name}_status", found.public_id)
        page = f"mandat/web/public/{self.name}_resume.html"
        return render(request, page, {"form": form}, status=UNPROCESSABLE if form.errors else 200)


ENROLMENTS = Holding(
    "enrolment", "enrolments", Enrolment, enrolment_with, ResumeForm,
    gettext_lazy("Pour ouvrir cette inscription, donnez son numéro et son code de suivi."),
)  # fmt: skip
HANDOVERS = Holding(
    "handover", "handovers", Handover, handover_with, ResumeHandoverForm,
    gettext_lazy("Pour ouvrir cette demande, donnez son numéro et son code de suivi."),
)  # fmt: skip


def code_to_show(request: Request, one: Enrolment | Handover) -> str:
    """Return the code of what this browser has just begun, as people read it, until they say that it is kept."""
    return codes.grouped(request.session.get(TO_SHOW, {}).get(str(one.public_id), ""))


def code_is_kept(request: Request) -> None:
    """Show no code any more."""
    request.session.pop(TO_SHOW, None)
