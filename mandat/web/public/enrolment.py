"""
Enrolling a firm, without an account: beginning, coming back, seeing where it stands, taking it back.

A browser holds the enrolments that it began, or that it opened with their number and follow-up code; the session says
which. To any other, the address of an enrolment leads to the page that asks for both.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mandat.enrolment import codes
from mandat.enrolment.commands import begin_enrolment, withdraw_enrolment
from mandat.enrolment.errors import WrongFollowUpCode
from mandat.enrolment.models import Enrolment, EnrolmentMove
from mandat.enrolment.number import NotAnEnrolmentNumber, read_number
from mandat.enrolment.queries import enrolment_with, expected_by, expected_delay, last_return, usual_wait
from mandat.enrolment.steps import STEPS, label_of, step_of, steps_for
from mandat.enrolment.workflow import AWAITING_VERIFICATION, BY_THE_APPLICANT, ENROLMENT, Move, State
from mandat.platform.clock import last_day, now
from mandat.platform.workflow import MoveNotAllowed
from mandat.web.account.limits import count_attempt
from mandat.web.asking import Request
from mandat.web.keys import key_of
from mandat.web.live import live

#: In the session: the enrolments that this browser holds, and the codes that it has yet to show.
HELD, TO_SHOW = "enrolments", "follow_up_codes"
MOST_HELD = 20
UNPROCESSABLE = 422
START, CODE, RESUME, STATUS, WITHDRAW = (
    f"mandat/web/public/enrolment_{page}.html" for page in ("start", "code", "resume", "status", "withdraw")
)
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


class ResumeForm(forms.Form):
    """A number and its code."""

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
            return read_number(self.cleaned_data["number"])
        except NotAnEnrolmentNumber as wrong:
            raise forms.ValidationError(_("Ce numéro semble mal tapé. Comparez-le à celui du courriel.")) from wrong


def hold(request: Request, enrolment: Enrolment) -> None:
    """Remember that this browser may open an enrolment."""
    others = [each for each in request.session.get(HELD, []) if each != str(enrolment.public_id)]
    request.session[HELD] = [*others, str(enrolment.public_id)][-MOST_HELD:]


def for_holders(view: View) -> View:
    """Hand a view the enrolment of its address, if this browser holds it; else ask for its number and code."""

    @wraps(view)
    def opened(request: Request, enrolment: UUID, **more: Any) -> HttpResponseBase:
        if str(enrolment) not in request.session.get(HELD, []):
            messages.info(request, _("Pour ouvrir cette inscription, donnez son numéro et son code de suivi."))
            return redirect("public:enrolment_resume")
        return view(request, get_object_or_404(Enrolment, public_id=enrolment), **more)

    return never_cache(opened)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Request) -> HttpResponse:
    """Say what an enrolment is and how long it takes, and begin one."""
    if request.method != "POST":
        return _start(request, StartForm(), uuid4())
    key, form = key_of(request), StartForm(request.POST)
    if not form.is_valid():
        return _start(request, form, key)
    email = form.cleaned_data["email"]
    count_attempt(request, key=f"enrolment-begun:{email.casefold()}")
    begun = begin_enrolment(key=key, email=email, language=get_language() or "fr")
    hold(request, begun.enrolment)
    request.session[TO_SHOW] = {str(begun.enrolment.public_id): begun.code}
    return redirect("public:enrolment_code", begun.enrolment.public_id)


def _start(request: Request, form: StartForm, key: UUID) -> HttpResponse:
    held = Enrolment.objects.filter(public_id__in=request.session.get(HELD, [])).order_by("-id")
    context = {"form": form, "key": key, "steps": steps_for({}), "days": expected_delay(now()).days, "held": held}
    return render(request, START, context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_holders
def code(request: Request, enrolment: Enrolment) -> HttpResponse:
    """Show the number and the follow-up code of a new enrolment, until the applicant says that they are kept."""
    if request.method == "POST":
        request.session.pop(TO_SHOW, None)
        return redirect("public:enrolment_step", enrolment.public_id, STEPS[0].code)
    shown = request.session.get(TO_SHOW, {}).get(str(enrolment.public_id), "")
    return render(request, CODE, {"enrolment": enrolment, "code": codes.grouped(shown)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: Request) -> HttpResponse:
    """Open an enrolment with its number and code, from any browser."""
    form = ResumeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        usage = count_attempt(request, key=f"enrolment:{form.cleaned_data['number']}")
        try:
            found = enrolment_with(**form.cleaned_data)
        except WrongFollowUpCode:
            form.add_error("code", _("Ce code ne va pas avec ce numéro. Comparez les deux à ceux du courriel."))
        else:
            usage.rollback()
            hold(request, found)
            return redirect("public:enrolment_status", found.public_id)
    return render(request, RESUME, {"form": form}, status=UNPROCESSABLE if form.errors else 200)


@require_safe
@for_holders
def status(request: Request, enrolment: Enrolment) -> HttpResponse:
    """Show where an enrolment stands, since when, why it waits, and what to do."""
    return render(request, STATUS, _shown(request, enrolment))


@require_safe
@for_holders
def status_now(request: Request, enrolment: Enrolment) -> HttpResponse:
    """Show the moving part of the same page."""
    return render(request, f"{STATUS}#now", _shown(request, enrolment))


def _shown(request: Request, enrolment: Enrolment) -> dict[str, Any]:
    at = now()
    expected, returned = expected_by(enrolment, at), last_return(enrolment)
    return {
        "enrolment": enrolment,
        "state": State(enrolment.state),
        "is_open": enrolment.is_open(at),
        "has_expired": enrolment.has_expired(at),
        "expected": expected,
        "is_late": expected is not None and expected < at.date(),
        "timeline": [told(each) for each in enrolment.history.order_by("id")],
        "held_until": last_day(enrolment.hold_until) if enrolment.hold_until and at < enrolment.hold_until else None,
        "usual_days": usual.days if (usual := usual_wait_of(enrolment)) is not None else None,
        "returned": returned,
        "corrections": corrections_of(enrolment, returned),
        "first_step": STEPS[0].code,
        "may_withdraw": may_withdraw(enrolment),
        "live": live(
            request, "public:enrolment_now", enrolment.public_id, topics=[f"enrolment:{enrolment.public_id}"]
        ),
    }  # fmt: skip


def usual_wait_of(enrolment: Enrolment) -> timedelta | None:
    """Return how long this wait usually lasts, by those that are over; none where nobody waits."""
    waits = AWAITING_VERIFICATION | {State.EVIDENCE}
    return usual_wait(State(enrolment.state)) if enrolment.state in waits else None


def told(move: EnrolmentMove) -> EnrolmentMove:
    """Return a move with what its applicant is told of it: what the desk says to itself is not shown."""
    is_for_them = move.move in {Move.RETURN, Move.REFUSE, Move.ASK_EVIDENCE, *BY_THE_APPLICANT}
    listed = move.said.get("reason", {}).get(get_language() or "fr", "") if move.move == Move.REFUSE else ""
    move.shown_reason = ". ".join(filter(None, (listed, move.reason))) if is_for_them else ""  # type: ignore[attr-defined]
    return move


def corrections_of(enrolment: Enrolment, returned: Any) -> list[dict[str, str]]:
    """Return what the desk asked to correct: the field by its name, the words, the step that it is in."""
    asked = returned.said.get("corrections", []) if returned else []
    return [
        each | {"label": label_of(each["field"]), "step": where.code if (where := step_of(each["field"])) else ""}
        for each in asked
    ]  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@for_holders
def withdraw(request: Request, enrolment: Enrolment) -> HttpResponse:
    """Ask whether an enrolment is really to be withdrawn, then withdraw it."""
    if request.method != "POST":
        return render(request, WITHDRAW, {"enrolment": enrolment, "may_withdraw": may_withdraw(enrolment)})
    try:
        withdraw_enrolment(enrolment=enrolment.public_id)
    except MoveNotAllowed:
        messages.info(request, _("Cette inscription ne peut plus être retirée. Voici où elle en est."))
    else:
        messages.success(request, _("L’inscription est retirée."))
    return redirect("public:enrolment_status", enrolment.public_id)


def may_withdraw(enrolment: Enrolment) -> bool:
    """Tell whether the applicant may take an enrolment back now."""
    return Move.WITHDRAW in ENROLMENT.moves_from(State(enrolment.state))
