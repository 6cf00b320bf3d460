"""What takes two persons in a firm: chosen, and undone by two; what waits for the reader as the second of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mandat.access import commands
from mandat.access.commands.second_person import RSES_NEEDED
from mandat.access.models import Proxy, SecondPersonChange
from mandat.access.queries import effective_rses, standing_proxies
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.access.workflow import ChangeState
from mandat.enterprises.models import Enterprise
from mandat.identity.models import Person
from mandat.platform.clock import legal_day
from mandat.reference.queries import policy
from mandat.web.asking import Request
from mandat.web.firm.access_forms import ReasonForm

PAGE, ANSWER = "mandat/web/firm/second_person.html", "mandat/web/firm/second_person_answer.html"
UNPROCESSABLE = 422
#: How many past changes the page recalls.
RECALLED = 20


class ChoiceForm(forms.Form):
    """The rights that nobody gives alone."""

    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Donner ces droits demande deux personnes"), required=False,
        choices=[(right.value, right.label) for right in Right if right in RIGHTS_OF_A_PROXY],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Une procuration qui donne un droit coché ne sert qu’une fois confirmée par un autre responsable."
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class Awaiting:
    """What waits for a second person in a firm, as one reader sees it."""

    proxies: list[Proxy]  # that the reader may confirm
    change: SecondPersonChange | None  # that the reader may confirm
    own: int  # how many that the reader began, and another is to confirm

    def __bool__(self) -> bool:
        return bool(self.proxies or self.change)


#: For whoever confirms nothing.
NOTHING = Awaiting(proxies=[], change=None, own=0)


def awaiting(firm: Enterprise, reader: Person, at: datetime) -> Awaiting:
    """Return what waits for a second person, apart as the reader may be that person or not."""
    waiting = standing_proxies(firm, at).filter(needs_second=True, confirmed_at=None).exclude(answer_by__lte=at)
    proxies = list(waiting.exclude(person=None).select_related("person"))
    change = waiting_change(firm, at)
    me = str(reader.public_id)
    began = [each for each in proxies if each.granted_under.get("person") == me]
    is_own = change is not None and change.asked_by == reader
    return Awaiting(
        proxies=[each for each in proxies if each not in began and each.person != reader],
        change=None if is_own else change,
        own=len(began) + is_own,
    )


def waiting_change(firm: Enterprise, at: datetime) -> SecondPersonChange | None:
    """Return the change that waits for a second person, if there is one: where nothing takes two, none can."""
    if not firm.second_person_for:
        return None
    waiting = firm.second_person_changes.filter(state=ChangeState.ASKED, answer_by__gt=at)
    return waiting.select_related("asked_by").order_by("id").first()


@require_http_methods(["GET", "HEAD", "POST"])
def second_person(request: Request, firm: UUID) -> HttpResponse:
    """Show what takes two persons, and let an RSE choose it."""
    held = request.firm.second_person_for
    form = ChoiceForm(request.POST if request.method == "POST" else None, initial={"rights": held})
    if form.is_bound and form.is_valid() and _chosen(request, form):
        return redirect("firm:second_person", firm)
    past = request.firm.second_person_changes.exclude(state=ChangeState.ASKED).select_related("asked_by")
    by_rule = policy("proxy-second-person-rights", legal_day(request.at))
    context = {
        "form": form,
        "held": [right for right in Right if right in {*held, *by_rule}],
        "by_rule": [right for right in Right if right in by_rule],
        "change": waiting_change(request.firm, request.at),
        "past": [_told_of(each) for each in past.order_by("-id")[:RECALLED]],
        "is_alone": effective_rses(request.firm, request.at).count() < RSES_NEEDED,
        "may_administer": bool(request.place.decide(Right.ADMINISTER)),
    }
    return render(request, PAGE, context, status=UNPROCESSABLE if form.errors else 200)


def _chosen(request: Request, form: ChoiceForm) -> bool:
    rights = [Right(each) for each in form.cleaned_data["rights"]]
    try:
        changes = commands.choose_second_person(enterprise=request.firm, rights=rights, by=request.actor)
    except commands.NothingChanged:
        form.add_error("rights", _("Rien n’est changé. Cochez un droit, ou décochez-en un."))
    except commands.OnlyOneRSE:
        form.add_error(
            "rights",
            _(
                "Vous êtes seul responsable : personne ne pourrait confirmer. "
                "Faites d’abord désigner un second responsable."
            ),
        )
    except commands.AlreadyAsked:
        form.add_error(
            "rights", _("Un autre retrait attend déjà une seconde personne. Qu’il soit d’abord confirmé ou écarté.")
        )
    else:
        for change in changes:
            if change.state == ChangeState.MADE:
                messages.success(request, _("C’est fait, dès maintenant : ces droits ne se donnent plus seul."))
            else:
                messages.info(
                    request, _("Rien ne change encore : un autre responsable doit confirmer. Il reçoit un courriel.")
                )
        return True
    return False


def _told_of(change: SecondPersonChange) -> dict[str, Any]:
    return {
        "change": change,
        "added": [right for right in Right if right in change.added],
        "dropped": [right for right in Right if right in change.dropped],
        "node": "done" if change.state == ChangeState.MADE else "no",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_change(request: Request, firm: UUID, change: UUID) -> HttpResponse:
    """Show to a second person what another asks to undo, then confirm it."""
    found = _found(request, change)
    if request.method != "POST":
        return _asked(request, found, act="confirm", form=None)
    return _done(
        request, lambda: commands.confirm_change(change_id=change, by=request.actor),
        _("C’est confirmé : une seule personne peut maintenant donner ces droits."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def drop_change(request: Request, firm: UUID, change: UUID) -> HttpResponse:
    """Ask why, then withdraw what one has asked, or refuse what another has."""
    found = _found(request, change)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        return _asked(request, found, act="drop", form=form)
    reason = form.cleaned_data["reason"]
    return _done(
        request, lambda: commands.drop_change(change_id=change, reason=reason, by=request.actor),
        _("La demande est écartée : il faut toujours deux personnes."),
    )  # fmt: skip


def _found(request: Request, change: UUID) -> SecondPersonChange:
    changes = request.firm.second_person_changes.select_related("asked_by").exclude(dropped=[])
    return get_object_or_404(changes, public_id=change)


def _asked(request: Request, change: SecondPersonChange, *, act: str, form: forms.Form | None) -> HttpResponse:
    waiting = waiting_change(request.firm, request.at)
    context = _told_of(change) | {
        "act": act,
        "form": form,
        "is_own": change.asked_by == request.actor.person,
        "waits": waiting is not None and waiting == change,
    }
    return render(request, ANSWER, context, status=UNPROCESSABLE if form and form.errors else 200)


def _done(request: Request, gesture: Callable[[], Any], said: str) -> HttpResponse:
    refusals: dict[type[Exception], str] = {
        commands.SamePerson: _("Il faut une autre personne que celle qui l’a demandé."),
        commands.NothingToConfirm: _("Quelqu’un y a répondu avant vous : rien n’a été changé."),
        commands.ConfirmedTooLate: _("Le temps de répondre est passé : rien n’a été changé."),
    }
    try:
        gesture()
    except tuple(refusals) as refused:
        messages.warning(request, refusals[type(refused)])
    else:
        messages.success(request, said)
    return redirect("firm:second_person", request.firm.public_id)
