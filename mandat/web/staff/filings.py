"""What an officer sees of a filing, and does with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mandat.filings.commands import accept, refuse, return_for_correction, take_up
from mandat.filings.errors import EffectImpossible, FiledByTheSamePerson
from mandat.filings.models import Filing, FilingDocument
from mandat.filings.queries import as_filed, filings_examinable_by, timeline
from mandat.filings.workflow import Move
from mandat.platform.clock import legal_day
from mandat.platform.workflow import MoveNotAllowed
from mandat.web.asking import Request
from mandat.web.documents import given_to_staff
from mandat.web.live import live

PAGE, RETURN, ACCEPT, REFUSE = (
    f"mandat/web/staff/{page}.html" for page in ("filing", "filing_return", "filing_accept", "filing_refuse")
)
UNPROCESSABLE = 422


class CorrectionForm(forms.Form):
    """What to correct: a few words beside each field concerned, and none beside the others."""

    def __init__(self, typed: Any = None, *, filing: Filing) -> None:
        super().__init__(typed)
        for step in filing.filing_type.steps:
            for name, field in step.base_fields.items():
                words = forms.Textarea(attrs={"rows": 2})
                self.fields[name] = forms.CharField(label=field.label, required=False, max_length=1000, widget=words)

    def clean(self) -> dict[str, Any]:
        """
        Keep the fields that have words.

        :raises ValidationError: if none has
        """
        asked = {name: words for name, words in self.cleaned_data.items() if words}
        if not asked and not self.errors:
            raise forms.ValidationError(_("Dites ce qu’il faut corriger, sous au moins un des champs."))
        return asked


class RefusalForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Motif du refus"),
        help_text=gettext_lazy("La firme le lira tel quel."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Dites à la firme pourquoi sa demande est refusée.")},
    )


@dataclass(frozen=True)
class Line:
    """An answer as it was filed, and what it was in the submission before."""

    section: str
    label: str
    before: str
    now: str

    @property
    def is_changed(self) -> bool:
        """Tell whether the correction changed it."""
        return self.before != self.now


def examined(request: Request, filing: UUID) -> Filing:
    """
    Return a filing that the reader may examine.

    :raises Http404: if there is none
    """
    return get_object_or_404(filings_examinable_by(request.actor.person, request.at), public_id=filing)


@require_safe
def filing(request: Request, filing: UUID) -> HttpResponse:
    """Show a filing to the officer who may examine it."""
    return render(request, PAGE, shown(request, filing))


@require_safe
def filing_now(request: Request, filing: UUID) -> HttpResponse:
    """Show the moving part of the same page."""
    return render(request, f"{PAGE}#now", shown(request, filing))


def shown(request: Request, public_id: UUID) -> dict[str, Any]:
    """Return what the page of a filing shows."""
    found = examined(request, public_id)
    history, submissions = list(timeline(found)), list(found.submissions.select_related("signed_by"))
    content = as_filed(submissions[-1])
    before = as_filed(submissions[-2]) if len(submissions) > 1 else None
    filed = {each["sha256"] for each in content["documents"]}
    return {
        "filing": found,
        "history": history[::-1],
        "submission": submissions[-1],
        "content": content,
        "lines": compared(before, content) if before else [],
        "documents": [each for each in found.documents.select_related("file") if each.file.sha256 in filed],
        "examiner": next((each.by for each in history[::-1] if each.move == Move.TAKE_UP), None),
        "moves": {move.value for move in found.moves()},
        "live": live(request, "staff:filing_now", public_id, topics=[f"filing:{public_id}"]),
    }


def compared(before: dict[str, Any], after: dict[str, Any]) -> list[Line]:
    """Return the answers of two submissions side by side, the changed ones first."""
    old, new = rows_of(before), rows_of(after)
    lines = [Line(*place, old.get(place, ""), new.get(place, "")) for place in {**new, **old}]
    return sorted(lines, key=lambda each: not each.is_changed)


def doing(request: Request, filing: Filing, act: Callable[[], object], done: str) -> HttpResponse:
    """Do something to a filing, and say what came of it on its page; or why it could not be done."""
    try:
        act()
    except MoveNotAllowed:
        messages.warning(request, _("La demande a bougé entre-temps. Voici où elle en est : rien n’a été fait."))
    except FiledByTheSamePerson:
        messages.error(request, _("Vous avez préparé ou signé cette demande : une autre personne doit l’étudier."))
    else:
        messages.success(request, done)
    return redirect("staff:filing", filing.public_id)


def rows_of(content: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Return what a submission says, by section and label; its documents too, told apart by their content."""
    rows = {(each["title"], label): text for each in content["shown"] for label, text in each["rows"]}
    files = "\n".join(f"{each['name']} ({each['sha256'][:8]})" for each in content["documents"])
    return rows | {("", _("Documents")): files}


@require_POST
def take(request: Request, filing: UUID) -> HttpResponse:
    """Take a filing up."""
    found = examined(request, filing)
    return doing(request, found, lambda: take_up(filing=filing, by=request.actor), _("Vous avez pris la demande."))


@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: Request, filing: UUID) -> HttpResponse:
    """Ask which fields are to be corrected, then give the filing back to the firm."""
    found = examined(request, filing)
    form = CorrectionForm(request.POST if request.method == "POST" else None, filing=found)
    if form.is_valid():
        return doing(
            request,
            found,
            lambda: return_for_correction(filing=filing, corrections=form.cleaned_data, by=request.actor),
            _("La correction est demandée. La firme la voit déjà."),
        )
    content = as_filed(found.submissions.latest("ordinal"))
    answers = {label: text for each in content["shown"] for label, text in each["rows"]}
    fields = [(form[name], answers.get(str(form[name].label), "")) for name in form.fields]
    context = {"filing": found, "form": form, "fields": fields}
    return render(request, RETURN, context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def admit(request: Request, filing: UUID) -> HttpResponse:
    """Say what acceptance will change, then accept."""
    found = examined(request, filing)
    if request.method == "POST":
        try:
            return doing(
                request, found, lambda: accept(filing=filing, by=request.actor), _("La demande est acceptée.")
            )  # fmt: skip
        except EffectImpossible as impossible:
            return accepting(request, found, why=str(impossible))
    return accepting(request, found)


def accepting(request: Request, filing: Filing, why: str = "") -> HttpResponse:
    """Show what the acceptance of a filing changes."""
    kind, filed = filing.filing_type, as_filed(filing.submissions.latest("ordinal"))
    effects = kind.effect_in_words(filed["answers"], kind.facts(filing.registrant, legal_day(request.at)))
    context = {"filing": filing, "effects": effects, "why": why}
    return render(request, ACCEPT, context, status=UNPROCESSABLE if why else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def reject(request: Request, filing: UUID) -> HttpResponse:
    """Ask why, then refuse."""
    found = examined(request, filing)
    form = RefusalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        return doing(
            request, found, lambda: refuse(filing=filing, reason=reason, by=request.actor), _("La demande est refusée.")
        )  # fmt: skip
    context = {"filing": found, "form": form}
    return render(request, REFUSE, context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def document(request: Request, filing: UUID, document: UUID) -> HttpResponse | FileResponse:
    """Give out a document of a filing."""
    of_filings = FilingDocument.objects.select_related("file__scan")
    found = get_object_or_404(of_filings, filing=examined(request, filing), public_id=document)
    return given_to_staff(request, found, back=reverse("staff:filing", args=[filing]))
