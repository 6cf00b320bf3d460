"""
Beside an enrolment: the document that the desk asked for, a person to talk to, and who is in charge of a firm.

The last is open to everyone and says nothing: those in charge of the firm are written to, if there are any.
"""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mandat.enrolment.commands import answer_evidence, ask_for_a_person, ask_who_is_in_charge, attach_document
from mandat.enrolment.errors import EnrolmentIncomplete, StaleEnrolment
from mandat.enrolment.models import Enrolment, Moment, Purpose
from mandat.enrolment.queries import asked_since, documents_of, last_move
from mandat.enrolment.workflow import Move, State
from mandat.enterprises import identifiers
from mandat.filings.errors import ClosedToChange, NothingChanged, TooMuchTogether
from mandat.platform.clock import now
from mandat.platform.files import store
from mandat.web.account.limits import count_attempt
from mandat.web.asking import Request
from mandat.web.documents import too_much_together
from mandat.web.keys import key_of, revision_of
from mandat.web.public.enrolment_steps import no_longer_open
from mandat.web.public.held import ENROLMENTS, UNPROCESSABLE, JoinForm

EVIDENCE, PERSON, IN_CHARGE = (
    f"mandat/web/public/enrolment_{page}.html" for page in ("evidence", "person", "in_charge")
)
SIN = gettext_lazy("Retirez le numéro d’assurance sociale : nous ne le demandons jamais.")


class AnswerForm(forms.Form):
    """What is said with the documents."""

    words = forms.CharField(
        label=gettext_lazy("Votre mot"),
        help_text=gettext_lazy("Facultatif si une pièce est jointe. Sans elle, dites pourquoi."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@ENROLMENTS.for_holders
def evidence(request: Request, enrolment: Enrolment) -> HttpResponse:
    """Show what the desk asked for, and join a document."""
    at = now()
    if enrolment.state != State.EVIDENCE or not enrolment.takes_documents(at):
        return no_longer_open(request, enrolment)
    form = JoinForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        try:
            return _join(request, enrolment, form.cleaned_data["document"])
        except TooMuchTogether as too_much:
            form.add_error("document", too_much_together(too_much.most))
    return _evidence(request, enrolment, form, AnswerForm(), status=UNPROCESSABLE if form.errors else 200)


def _join(request: Request, enrolment: Enrolment, document: Any) -> HttpResponse:
    file = store(document, name=document.name or "", media_type=document.content_type or "")
    if not _joined(enrolment).filter(file__sha256=file.sha256).exists():
        try:
            attach_document(
                enrolment=enrolment.public_id, purpose=Purpose.ASKED, file=file, revision=enrolment.revision
            )
        except StaleEnrolment as stale:  # a document takes the place of nothing that another tab joined
            attach_document(
                enrolment=enrolment.public_id, purpose=Purpose.ASKED, file=file, revision=stale.enrolment.revision
            )
        except ClosedToChange:
            return no_longer_open(request, enrolment)
        messages.success(request, _("La pièce est jointe. Il reste à répondre."))
    return redirect("public:enrolment_evidence", enrolment.public_id)


def _joined(enrolment: Enrolment) -> Any:
    return documents_of(enrolment).filter(purpose=Purpose.ASKED, attached_at__gte=asked_since(enrolment))


def _evidence(request: Request, enrolment: Enrolment, form: Form, answer: Form, *, status: int) -> HttpResponse:
    asked = last_move(enrolment, Move.ASK_EVIDENCE)
    language = get_language() or "fr"
    wanted = [each.get(language, each["fr"]) for each in asked.said["wanted"]] if asked else []
    context = {
        "enrolment": enrolment, "form": form, "answer": answer, "asked": asked, "wanted": wanted,
        "documents": _joined(enrolment),
    }  # fmt: skip
    return render(request, EVIDENCE, context, status=status)


@require_POST
@ENROLMENTS.for_holders
def evidence_answered(request: Request, enrolment: Enrolment) -> HttpResponse:
    """Hand the answer over to the desk."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            answer_evidence(
                enrolment=enrolment.public_id, revision=revision_of(request), words=form.cleaned_data["words"]
            )
        except NothingChanged:
            form.add_error("words", _("Joignez une pièce, ou dites pourquoi vous ne le pouvez pas."))
        except EnrolmentIncomplete:
            form.add_error("words", SIN)
        except StaleEnrolment as stale:
            enrolment = stale.enrolment
            form.add_error(None, _("Une pièce a été jointe ailleurs entre-temps. Relisez, puis répondez."))
        except ClosedToChange:
            return no_longer_open(request, enrolment)
        else:
            messages.success(request, _("Votre réponse est transmise. Le délai court de nouveau."))
            return redirect("public:enrolment_status", enrolment.public_id)
    return _evidence(request, enrolment, JoinForm(), form, status=UNPROCESSABLE)


class PersonForm(forms.Form):
    """What one would talk about, and how to be reached."""

    words = forms.CharField(
        label=gettext_lazy("Votre question"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Écrivez votre question.")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"),
        help_text=gettext_lazy("Facultatif. Sans numéro, on vous répond par courriel."),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "class": "short"}),
    )
    moment = forms.ChoiceField(
        label=gettext_lazy("Quand vous joindre"), choices=Moment.choices, initial=Moment.ANY, widget=forms.RadioSelect
    )


@require_http_methods(["GET", "HEAD", "POST"])
@ENROLMENTS.for_holders
def ask_person(request: Request, enrolment: Enrolment) -> HttpResponse:
    """Ask that somebody of the desk answer."""
    form = PersonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        count_attempt(request, key=f"call-request:{enrolment.public_id}")
        try:
            ask_for_a_person(enrolment=enrolment.public_id, **form.cleaned_data)
        except EnrolmentIncomplete as wrong:
            form.add_error(wrong.findings[0].field, SIN)
        else:
            messages.success(request, _("C’est demandé. Une personne du bureau vous répondra."))
            return redirect("public:enrolment_status", enrolment.public_id)
    waiting = enrolment.call_requests.filter(answered_at=None).first()
    context = {"enrolment": enrolment, "form": form, "waiting": waiting}
    return render(request, PERSON, context, status=UNPROCESSABLE if form.errors else 200)


class InChargeForm(forms.Form):
    """Which firm, who asks, and what is passed on."""

    neq = forms.CharField(
        label=gettext_lazy("NEQ de la firme"),
        help_text=gettext_lazy("10 chiffres. Les espaces ne comptent pas."),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
        error_messages={"required": gettext_lazy("Indiquez le NEQ.")},
    )
    name = forms.CharField(
        label=gettext_lazy("Votre nom"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Indiquez votre nom.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Votre courriel"),
        help_text=gettext_lazy("On vous y répond, si on le veut bien."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Indiquez une adresse de courriel."),
            "invalid": gettext_lazy("Indiquez une adresse de courriel complète, comme nom@exemple.ca."),
        },
    )
    words = forms.CharField(
        label=gettext_lazy("Votre message"),
        help_text=gettext_lazy("Dites qui vous êtes pour la firme, et ce dont vous avez besoin."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Écrivez votre message.")},
    )

    def clean_neq(self) -> str:
        """
        Return the NEQ as it is kept.

        :raises ValidationError: if it has another form
        """
        try:
            return identifiers.neq(self.cleaned_data["neq"]).value
        except identifiers.NotANumber as wrong:
            raise forms.ValidationError(_("Un NEQ compte dix chiffres et commence par 11, 22, 33 ou 88.")) from wrong


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def who_is_in_charge(request: Request) -> HttpResponse:
    """Pass a message on to those in charge of a firm. What is answered is the same, whoever the firm is."""
    if request.method != "POST":
        sent = "sent" in request.GET
        return render(request, IN_CHARGE, {"form": InChargeForm(), "key": uuid4(), "is_sent": sent})
    key, form = key_of(request), InChargeForm(request.POST)
    if form.is_valid():
        count_attempt(request, key="firm-question")
        try:
            ask_who_is_in_charge(key=key, language=get_language() or "fr", **form.cleaned_data)
        except EnrolmentIncomplete:
            form.add_error("words", SIN)
        else:
            return redirect(f"{request.path}?sent=1")
    return _again(request, form, key)


def _again(request: Request, form: Form, key: UUID) -> HttpResponse:
    return render(request, IN_CHARGE, {"form": form, "key": key, "is_sent": False}, status=UNPROCESSABLE)
