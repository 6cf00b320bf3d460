"""
Enrolling a firm, without an account: beginning, coming back, seeing where it stands, taking it back.

`held` says which browser may open which.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mandat.enrolment.commands import begin_enrolment, withdraw_enrolment
from mandat.enrolment.models import Enrolment, EnrolmentMove
from mandat.enrolment.queries import expected_by, expected_delay, last_return, usual_wait
from mandat.enrolment.reasons import Correction, corrections_in, refusal_in
from mandat.enrolment.steps import STEPS, steps_for
from mandat.enrolment.workflow import AWAITING_VERIFICATION, BY_THE_APPLICANT, ENROLMENT, Move, State
from mandat.platform.clock import last_day, now
from mandat.platform.workflow import MoveNotAllowed
from mandat.web.account.limits import count_attempt
from mandat.web.asking import Request
from mandat.web.keys import key_of
from mandat.web.letters import letter_of
from mandat.web.live import live
from mandat.web.public.held import ENROLMENTS, UNPROCESSABLE, StartForm, code_is_kept, code_to_show

START, CODE, STATUS, WITHDRAW = (
    f"mandat/web/public/enrolment_{page}.html" for page in ("start", "code", "status", "withdraw")
)


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
    ENROLMENTS.hold(request, begun.one, code=begun.code)
    return redirect("public:enrolment_code", begun.one.public_id)


def _start(request: Request, form: StartForm, key: UUID) -> HttpResponse:
    context = {
        "form": form, "key": key, "steps": steps_for({}), "days": expected_delay(now()).days,
        "held": ENROLMENTS.of(request),
    }  # fmt: skip
    return render(request, START, context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@ENROLMENTS.for_holders
def code(request: Request, enrolment: Enrolment) -> HttpResponse:
    """Show the number and the follow-up code of a new enrolment, until the applicant says that they are kept."""
    if request.method == "POST":
        code_is_kept(request)
        return redirect("public:enrolment_step", enrolment.public_id, STEPS[0].code)
    return render(request, CODE, {"enrolment": enrolment, "code": code_to_show(request, enrolment)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: Request) -> HttpResponse:
    """Open an enrolment with its number and code, from any browser."""
    return ENROLMENTS.resumed(request)


@require_safe
@ENROLMENTS.for_holders
def status(request: Request, enrolment: Enrolment) -> HttpResponse:
    """Show where an enrolment stands, since when, why it waits, and what to do."""
    return render(request, STATUS, _shown(request, enrolment))


@require_safe
@ENROLMENTS.for_holders
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
        "timeline": [told(each) for each in enrolment.history.select_related("letter").order_by("id")],
        "held_until": last_day(enrolment.hold_until) if enrolment.hold_until and at < enrolment.hold_until else None,
        "usual_days": usual.days if (usual := usual_wait_of(enrolment)) is not None else None,
        "returned": returned,
        "corrections": corrections_in(returned, get_language() or "fr"),
        "first_step": STEPS[0].code,
        "may_withdraw": may_withdraw(enrolment),
        "live": live(
            request, "public:enrolment_now", enrolment.public_id, topics=[f"enrolment:{enrolment.public_id}"]
        ),
    }  # fmt: skip


@require_safe
@ENROLMENTS.for_holders
def letter(request: Request, enrolment: Enrolment, letter: UUID) -> FileResponse:
    """Give out the letter of a decision to whoever enrolled."""
    return letter_of(enrolment, letter)


def usual_wait_of(enrolment: Enrolment) -> timedelta | None:
    """Return how long this wait usually lasts, by those that are over; none where nobody waits."""
    waits = AWAITING_VERIFICATION | {State.EVIDENCE}
    return usual_wait(State(enrolment.state)) if enrolment.state in waits else None


def told(move: EnrolmentMove) -> EnrolmentMove:
    """Return a move with its letter and what its applicant is told of it: not what the desk says to itself."""
    move.shown_letter = getattr(move, "letter", None)  # type: ignore[attr-defined]
    is_for_them = move.move in {Move.RETURN, Move.REFUSE, Move.ASK_EVIDENCE, *BY_THE_APPLICANT}
    move.shown_reason = refusal_in(move, get_language() or "fr") if is_for_them else ""  # type: ignore[attr-defined]
    return move


def corrections_of(enrolment: Enrolment) -> list[Correction]:
    """Return what the desk asked to correct, while it is still to be corrected, in the reader's language."""
    return corrections_in(last_return(enrolment), get_language() or "fr")


@require_http_methods(["GET", "HEAD", "POST"])
@ENROLMENTS.for_holders
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
