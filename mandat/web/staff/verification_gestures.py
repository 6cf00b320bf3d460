"""Around a verification: ask for a document, propose, take back, step aside, check again, look again, answer a call."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mandat.enrolment.commands import (
    answer_call,
    ask_evidence,
    check_again,
    look_again,
    propose,
    reconsider,
    resume,
    step_aside,
)
from mandat.enrolment.models import CallRequest, Enrolment, Look
from mandat.filings.errors import ReasonMissing
from mandat.platform.clock import legal_day
from mandat.web.asking import Request
from mandat.web.staff.verification import UNPROCESSABLE, before_approval, decided, opened
from mandat.web.staff.verification_forms import ApproveForm, choices_of

ACT = "mandat/web/staff/enrolment_act.html"


class WordsForm(forms.Form):
    """Words, which are asked for."""

    words = forms.CharField(
        label=gettext_lazy("Explication"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Dites-le en quelques mots.")},
    )


class AsideForm(WordsForm):
    """How one knows them."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        words = self.fields["words"]
        words.label, words.help_text = _("Votre lien"), _("Par exemple : parent, voisin, ancien collègue.")
        words.max_length = 500  # type: ignore[attr-defined]


class EvidenceForm(WordsForm):
    """Which documents, and what is expected of them."""

    wanted = forms.MultipleChoiceField(
        label=gettext_lazy("Pièces"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choisissez au moins une pièce.")},
    )
    field_order = ("wanted", "words")

    def __init__(self, *args: Any, on: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["wanted"].choices = choices_of("evidence_kind", on)  # type: ignore[attr-defined]
        self.fields["words"].label = _("Ce que la pièce doit montrer")
        self.fields["words"].help_text = _("Qui a fait l’inscription le lit tel quel.")


class LookForm(WordsForm):
    """What a second look found."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Ce que vous avez trouvé"),
        choices=Look.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Dites ce que vous avez trouvé.")},
    )
    field_order = ("outcome", "words")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["words"].required = False
        self.fields["words"].help_text = _("À dire s’il y a un doute.")

    def clean(self) -> dict[str, Any]:
        """Ask that a doubt be explained."""
        if self.cleaned_data.get("outcome") == Look.DOUBTFUL and not self.cleaned_data.get("words"):
            self.add_error("words", _("Dites quel est ce doute."))
        return self.cleaned_data


def _asked(  # noqa: PLR0913, PLR0917 - what a page says of one gesture
    request: Request, found: Enrolment, form: forms.Form, said: dict[str, Any], do: Callable[..., Any], done: str
) -> HttpResponse:  # fmt: skip
    """Ask for what a gesture needs, then make it."""
    if not form.is_valid():
        status = UNPROCESSABLE if form.errors else 200
        return render(request, ACT, {"enrolment": found, "form": form} | said, status=status)
    try:
        return decided(request, found, partial(do, by=request.actor, **form.cleaned_data), done)
    except ReasonMissing:
        form.add_error("words", _("Dites-le en quelques mots."))
        return render(request, ACT, {"enrolment": found, "form": form} | said, status=UNPROCESSABLE)


@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: Request, enrolment: UUID) -> HttpResponse:
    """Ask the applicant for documents."""
    found = opened(request, enrolment)
    form = EvidenceForm(request.POST if request.method == "POST" else None, on=legal_day(request.at))
    said = {
        "title": _("Demander une pièce"),
        "lead": _(
            "L’inscription vous revient avec la réponse. Le délai annoncé s’arrête jusque-là, et sa page le dit."
        ),
        "button": _("Demander"),
    }
    return _asked(request, found, form, said, partial(ask_evidence, enrolment=enrolment), _("La pièce est demandée."))


@require_http_methods(["GET", "HEAD", "POST"])
def proposed(request: Request, enrolment: UUID) -> HttpResponse:
    """Say what a proposal makes, then propose the approval."""
    found, form = opened(request, enrolment), ApproveForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return before_approval(request, found, form, is_proposal=True)
    proposing = partial(propose, enrolment=enrolment, by=request.actor, reason=form.cleaned_data["reason"])
    return decided(request, found, proposing, _("L’approbation est proposée. Les contacts connus sont prévenus."))


def _with_words(
    request: Request, found: Enrolment, command: Callable[..., Any], said: dict[str, Any], done: str
) -> Any:
    form = WordsForm(request.POST if request.method == "POST" else None)

    def do(*, words: str, by: Any) -> None:
        command(enrolment=found.public_id, reason=words, by=by)

    return _asked(request, found, form, said, do, done)


@require_http_methods(["GET", "HEAD", "POST"])
def reconsidered(request: Request, enrolment: UUID) -> HttpResponse:
    """Take a proposed approval back to verification."""
    said = {
        "title": _("Reprendre la vérification"),
        "lead": _("L’approbation proposée tombe, et son attente avec elle. Dites pourquoi : une opposition, un doute."),
        "button": _("Reprendre la vérification"),
    }
    done = _("La vérification est reprise.")
    return _with_words(request, opened(request, enrolment), reconsider, said, done)


@require_http_methods(["GET", "HEAD", "POST"])
def resumed(request: Request, enrolment: UUID) -> HttpResponse:
    """Go on without what was asked for."""
    said = {
        "title": _("Reprendre sans réponse"),
        "lead": _("La pièce n’est plus attendue, et le délai annoncé court de nouveau."),
        "button": _("Reprendre la vérification"),
    }
    return _with_words(request, opened(request, enrolment), resume, said, _("La vérification est reprise."))


@require_http_methods(["GET", "HEAD", "POST"])
def stepped_aside(request: Request, enrolment: UUID) -> HttpResponse:
    """Declare that one knows those whom an enrolment names."""
    form = AsideForm(request.POST if request.method == "POST" else None)
    said = {
        "title": _("Me récuser"),
        "lead": _("Vous connaissez la firme ou une personne nommée? Un collègue la vérifiera. Cela ne se reprend pas."),
        "button": _("Me récuser"),
    }
    done = _("C’est noté. Un collègue s’en charge.")
    return _asked(request, opened(request, enrolment), form, said, partial(step_aside, enrolment=enrolment), done)


@require_POST
def checked_again(request: Request, enrolment: UUID) -> HttpResponse:
    """Ask every source again."""
    found = opened(request, enrolment)
    if check_again(enrolment=found.public_id, by=request.actor):
        messages.success(request, _("Une source dit autre chose qu’avant : voyez les vérifications."))
    else:
        messages.info(request, _("Les sources disent la même chose."))
    return redirect("staff:enrolment", enrolment)


@require_http_methods(["GET", "HEAD", "POST"])
def looked_again(request: Request, enrolment: UUID) -> HttpResponse:
    """Say what a second look found."""
    found = get_object_or_404(Enrolment, public_id=opened(request, enrolment).public_id, second_look__isnull=False)
    form = LookForm(request.POST if request.method == "POST" else None)
    said = {
        "title": _("Second regard"),
        "lead": _("Cette approbation a été tirée au sort. Relisez l’inscription comme si elle arrivait."),
        "button": _("Noter ce regard"),
    }
    return _asked(request, found, form, said, partial(look_again, enrolment=enrolment), _("C’est noté."))


@require_http_methods(["GET", "HEAD", "POST"])
def call(request: Request, call_request: UUID) -> HttpResponse:
    """Show what an applicant asks a person for, and note what they were told."""
    found = get_object_or_404(CallRequest.objects.select_related("enrolment", "answered_by"), public_id=call_request)
    form = WordsForm(request.POST if request.method == "POST" else None)
    form.fields["words"].label = _("Ce que vous lui avez dit")
    form.fields["words"].help_text = _("La personne le reçoit par courriel.")
    if form.is_valid() and found.answered_at is None:
        answer_call(call_request=call_request, answer=form.cleaned_data["words"], by=request.actor)
        messages.success(request, _("C’est noté, et la personne le reçoit."))
        return redirect("staff:queue")
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "mandat/web/staff/call_request.html", {"call": found, "form": form}, status=status)
