"""Reading a filing over, signing it, taking it back; and the receipts of what was filed."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mandat.access.decision import AccessDenied
from mandat.access.queries import people_who_can
from mandat.access.rights import Right
from mandat.filings.commands import submit_filing
from mandat.filings.commands import withdraw as withdraw_filing
from mandat.filings.definition import Weight
from mandat.filings.errors import ClosedToChange, FilingIncomplete, NothingChanged, ReasonMissing, StaleDraft
from mandat.filings.models import Filing, Submission
from mandat.filings.queries import as_filed, documents_of
from mandat.filings.reading import read
from mandat.platform.idempotency import IdempotencyConflict
from mandat.platform.workflow import MoveNotAllowed
from mandat.records.queries import receipt_of
from mandat.web.account.session import proven_lately
from mandat.web.asking import Request
from mandat.web.firm.filing_steps import CONFLICT, UNPROCESSABLE, no_longer_open
from mandat.web.firm.filings import Opened, closed_gestures, opened
from mandat.web.keys import key_of, revision_of
from mandat.web.proof import with_next

REVIEW, RECEIPT, WITHDRAW = (f"mandat/web/firm/{page}.html" for page in ("review", "receipt", "withdraw"))


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Raison du retrait"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Dites pourquoi la firme retire sa demande.")},
    )


@require_safe
def review(request: Request, firm: UUID, filing: UUID) -> HttpResponse:
    """Show a filing whole, as it will be signed, with what holds it back."""
    found = opened(request, filing)
    if not (found.may_write or found.may_sign):
        return no_longer_open(request, found.filing)
    return render(request, REVIEW, reviewed(request, found))


def reviewed(request: Request, found: Opened) -> dict[str, Any]:
    """Return what the page of a filing to be signed shows."""
    reading = read(found.filing, request.at)
    step_of = found.filing.filing_type.step_of
    errors, warnings = (
        [(each, step_of(each.field)) for each in reading.of_weight(weight)] for weight in (Weight.ERROR, Weight.WARNS)
    )
    return {
        "filing": found.filing,
        "opened": found,
        "summary": reading.summary,
        "errors": errors,
        "warnings": warnings,
        "documents": documents_of(found.filing),
        "closed": closed_gestures(request, found),
        "is_proven": proven_lately(request, request.at),
        "prove": with_next("mfa_reauthenticate", place_of(request, found.filing)),
        "signers": []
        if found.may_sign
        else people_who_can(request.firm, Right.SIGN, found.filing.block, request.at, subject=found.filing.public_id),
        "key": uuid4(),
    }


def place_of(request: Request, filing: Filing) -> str:
    """Return the address where a filing is read over."""
    return reverse("firm:review", args=[request.firm.public_id, filing.public_id])


@require_POST
def sign(request: Request, firm: UUID, filing: UUID) -> HttpResponse:
    """Sign a filing and submit it, once however often the button is pressed."""
    found = opened(request, filing)
    if Right.SIGN not in found.held:
        raise AccessDenied(request.place.decide(Right.SIGN, found.filing.block, found.filing.matter))
    try:
        submission = submit_filing(
            key=key_of(request), filing=filing, revision=revision_of(request), by=request.actor
        )  # fmt: skip
    except (FilingIncomplete, NothingChanged, StaleDraft) as held_back:
        return not_signed(request, filing, held_back)
    except (ClosedToChange, IdempotencyConflict):
        return no_longer_open(request, found.filing)
    return redirect("firm:receipt", firm, filing, submission.public_id)


def not_signed(request: Request, filing: UUID, held_back: Exception) -> HttpResponse:
    """Show a filing again as it is now, and why it was not signed."""
    context = reviewed(request, opened(request, filing))
    context["why"] = {
        FilingIncomplete: _("Rien n’a été signé : il reste à corriger ce qui suit."),
        NothingChanged: _("Rien n’a été signé : la demande dit la même chose qu’avant. Faites la correction demandée."),
        StaleDraft: _("Rien n’a été signé : quelqu’un a changé la demande depuis que vous l’avez lue. Relisez-la."),
    }[type(held_back)]
    return render(request, REVIEW, context, status=CONFLICT if isinstance(held_back, StaleDraft) else UNPROCESSABLE)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, firm: UUID, filing: UUID) -> HttpResponse:
    """Ask whether a filing is to be taken back, then take it back."""
    found = opened(request, filing)
    form = ReasonForm(request.POST if request.method == "POST" else None) if found.filing.number else None
    if request.method == "POST" and (form is None or form.is_valid()):
        return take_back(request, found.filing, form.cleaned_data["reason"] if form else "")
    if not found.may_withdraw:
        return no_longer_open(request, found.filing)
    context = {"filing": found.filing, "form": form}
    return render(request, WITHDRAW, context, status=UNPROCESSABLE if form and form.errors else 200)


def take_back(request: Request, filing: Filing, reason: str) -> HttpResponse:
    """Take a filing back, and say so; a second time changes nothing."""
    try:
        withdraw_filing(filing=filing.public_id, reason=reason, by=request.actor)
    except (MoveNotAllowed, ReasonMissing):  # decided, submitted or withdrawn since the page was drawn
        return no_longer_open(request, filing)
    messages.success(request, _("La demande est retirée."))
    return redirect("firm:filing", request.firm.public_id, filing.public_id)


@require_safe
def receipt(request: Request, firm: UUID, filing: UUID, submission: UUID) -> HttpResponse:
    """Show the receipt of what was filed, and what was filed."""
    found = opened(request, filing)
    filed = submitted(found.filing, submission)
    context = {"filing": found.filing, "submission": filed, "content": as_filed(filed)}
    return render(request, RECEIPT, context)


@require_safe
def receipt_file(request: Request, firm: UUID, filing: UUID, submission: UUID) -> HttpResponse:
    """Give out a receipt as the file that anyone can verify."""
    found = opened(request, filing)
    filed = submitted(found.filing, submission)
    name = f"{found.filing.number}-{filed.ordinal}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(receipt_of(filed), content_type="application/json", headers=headers)


def submitted(filing: Filing, submission: UUID) -> Submission:
    """Return what was filed, by its id; only of the filing in the address."""
    return get_object_or_404(Submission.objects.select_related("signed_by"), filing=filing, public_id=submission)
