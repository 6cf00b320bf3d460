"""What a person asks of the firms where they are a user: for rights, seen through to the answer, withdrawn."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mandat.access.commands.proxies import last_day_of_a_proxy
from mandat.access.commands.requests import (
    AlreadyAnswered,
    AskedOtherwise,
    BlockNotUsed,
    NothingMissing,
    ask_for_rights,
    withdraw_request,
)
from mandat.access.queries import effective_rses, users_of
from mandat.access.requests import RightsRequest
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.enterprises.models import Enterprise
from mandat.identity.models import Person
from mandat.platform.clock import legal_day
from mandat.reference.models import Entry
from mandat.reference.queries import entries
from mandat.web.asking import Request
from mandat.web.firm.access_forms import last_day_field, refuse_a_day_out_of_reach
from mandat.web.request_words import Told, told_of

ASK, ONE = "mandat/web/person/ask_rights.html", "mandat/web/person/rights_request.html"
UNPROCESSABLE = 422
REASON = forms.Textarea(attrs={"rows": 3})


class AskForm(forms.Form):
    """Which rights, in which block that the firm uses, until when, and why."""

    block = forms.ChoiceField(
        label=gettext_lazy("Bloc"), error_messages={"required": gettext_lazy("Choisissez un bloc.")}
    )
    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Droits"), widget=forms.CheckboxSelectMultiple,
        choices=[(right.value, right.label) for right in Right if right in RIGHTS_OF_A_PROXY],
        help_text=gettext_lazy("Cochez le moins possible. Qui prépare, signe ou paie peut aussi consulter."),
        error_messages={"required": gettext_lazy("Cochez au moins un droit.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Raison"), max_length=300, widget=REASON,
        help_text=gettext_lazy("Ce que vous avez à faire. Les responsables de la firme la lisent."),
        error_messages={"required": gettext_lazy("Dites pourquoi : c’est ce qui permet de répondre.")},
    )  # fmt: skip
    field_order = ("block", "rights", "until", "reason")

    def __init__(self, *args: Any, blocks: Collection[Entry], today: date, longest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.longest = today, longest
        chosen = self.fields["block"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 - for the reader of types
        chosen.choices = [(each.code, each.label) for each in blocks]
        self.fields["until"] = last_day_field(today, longest)
        self.order_fields(self.field_order)

    def clean_until(self) -> date:
        """
        Return the last day.

        :raises ValidationError: if it is past, or later than a proxy may last
        """
        until: date = self.cleaned_data["until"]
        refuse_a_day_out_of_reach(until, today=self.today, longest=self.longest)
        return until

    def clean_reason(self) -> str:
        """
        Return the reason.

        :raises ValidationError: if it holds no word
        """
        reason: str = self.cleaned_data["reason"].strip()
        if not reason:
            raise ValidationError(self.fields["reason"].error_messages["required"])
        return reason


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Request, firm: UUID) -> HttpResponse:
    """Ask what somebody wants to be allowed, and why, then pass it on to the RSEs of the firm."""
    enterprise = _firm_or_404(request.actor.person, firm, request.at)
    form = _form(request, enterprise)
    if form.is_bound and form.is_valid() and (asked := _asked(request, enterprise, form)):
        return redirect("account:rights_request", asked.public_id)
    context = {
        "form": form,
        "firm": enterprise,
        "has_blocks": bool(form.fields["block"].choices),  # type: ignore[attr-defined]
        "is_answered_by_nobody": not _who_answers(enterprise, request.actor.person, request.at),
    }
    return render(request, ASK, context, status=UNPROCESSABLE if form.errors else 200)


def _firm_or_404(person: Person, firm: UUID, at: datetime) -> Enterprise:
    """
    Return a firm of which somebody is a user.

    :raises Http404: if they are none of it
    """
    enterprise = Enterprise.objects.filter(public_id=firm).first()
    if enterprise is None or not users_of(enterprise, at).filter(person=person).exists():
        raise Http404
    return enterprise


def _who_answers(firm: Enterprise, asker: Person, at: datetime) -> list[Person]:
    return list(effective_rses(firm, at).exclude(pk=asker.pk).order_by("sort_name", "id"))


def _form(request: Request, firm: Enterprise) -> AskForm:
    today = legal_day(request.at)
    used = {code for each in firm.registrations.filter(state="active") for code in each.accepted_blocks}
    suggested = {"block": request.GET.get("block", ""), "rights": request.GET.getlist("right")}
    return AskForm(
        request.POST if request.method == "POST" else None, initial=suggested,
        blocks=list(entries("block", today).filter(code__in=used)), today=today, longest=last_day_of_a_proxy(today),
    )  # fmt: skip


def _asked(request: Request, firm: Enterprise, form: AskForm) -> RightsRequest | None:
    typed = form.cleaned_data
    try:
        asked = ask_for_rights(
            enterprise=firm, block=typed["block"], rights=[Right(each) for each in typed["rights"]],
            until=typed["until"], reason=typed["reason"], by=request.actor,
        )  # fmt: skip
    except NothingMissing:
        form.add_error("rights", _("Vous avez déjà ces droits, au moins jusqu’à ce jour."))
    except BlockNotUsed:
        form.add_error("block", _("La firme n’utilise plus ce bloc."))
    except AskedOtherwise:
        form.add_error(
            "block", _("Vous avez déjà une demande dans ce bloc. Retirez-la d’abord si vous voulez demander autrement.")
        )
    else:
        messages.success(
            request, _("La demande part aux responsables de la firme. Vous aurez la réponse par courriel.")
        )
        return asked
    return None


@require_safe
def one(request: Request, asked: UUID) -> HttpResponse:
    """Show to whoever asks what became of a request of theirs."""
    found = _own_or_404(request, asked)
    context: dict[str, Any] = {
        "told": told_of([found], request.at)[0],
        "answerers": _who_answers(found.enterprise, found.person, request.at) if found.waits(request.at) else [],
    }
    return render(request, ONE, context)


@require_POST
def withdraw(request: Request, asked: UUID) -> HttpResponse:
    """Withdraw a request that waits; a second time changes nothing."""
    found = _own_or_404(request, asked)
    try:
        withdraw_request(request_id=found.public_id, by=request.actor)
    except AlreadyAnswered:
        messages.info(request, _("Cette demande a déjà sa réponse."))
    else:
        messages.success(request, _("La demande est retirée. Rien n’a changé."))
    return redirect("account:rights_request", asked)


def _own_or_404(request: Request, asked: UUID) -> RightsRequest:
    own = RightsRequest.objects.select_related("enterprise", "person", "answered_by", "proxy")
    return get_object_or_404(own, public_id=asked, person=request.actor.person)


def own_requests(person: Person, at: datetime) -> list[Told]:
    """Return what a person asked, the last first."""
    own = RightsRequest.objects.filter(person=person).select_related("enterprise", "person", "answered_by", "proxy")
    return told_of(own.order_by("-id")[:RECALLED], at)


#: How many requests the page of one's rights recalls.
RECALLED = 10
