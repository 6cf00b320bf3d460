"""
Asking that others act for a firm, without an account: beginning, coming back, where it stands, taking it back.

As with enrolments, `held` says which browser may open which.
"""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mandat.enrolment.commands.handovers import (
    answer_handover,
    attach_to_handover,
    begin_handover,
    remove_from_handover,
    say_more,
    submit_handover,
    withdraw_handover,
)
from mandat.enrolment.errors import HandoverIncomplete
from mandat.enrolment.handover_form import HandoverStep, read, summary
from mandat.enrolment.handover_queries import (
    documents_of_handover,
    expected_step,
    may_decide_contested,
    what_it_says,
)
from mandat.enrolment.models import Answer, Handover
from mandat.enrolment.workflow import HANDOVER, HandoverMove, HandoverState
from mandat.filings.errors import AnswerTooLong, ClosedToChange, TooMuchTogether
from mandat.filings.typed import typed_from
from mandat.platform.clock import legal_day, now
from mandat.platform.files import store
from mandat.platform.workflow import MoveNotAllowed
from mandat.reference.queries import policy
from mandat.web.account.limits import count_attempt
from mandat.web.asking import Request
from mandat.web.documents import given_out, too_much_together
from mandat.web.keys import key_of
from mandat.web.public.held import (
    HANDOVERS,
    UNPROCESSABLE,
    JoinForm,
    StartHandoverForm,
    code_is_kept,
    code_to_show,
)

START, CODE, ASK, REVIEW, STATUS, WITHDRAW = (
    f"mandat/web/public/handover_{page}.html" for page in ("start", "code", "ask", "review", "status", "withdraw")
)


class WordsForm(forms.Form):
    """What one has to add."""

    words = forms.CharField(
        label=gettext_lazy("Votre réponse"), max_length=3000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Le bureau la lit; il peut la résumer à l’autre côté."),
        error_messages={"required": gettext_lazy("Écrivez votre réponse.")},
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Request) -> HttpResponse:
    """Say when others may act for a firm, what happens, and begin a request."""
    form = StartHandoverForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        email = form.cleaned_data["email"]
        count_attempt(request, key=f"handover-begun:{email.casefold()}")
        begun = begin_handover(key=key_of(request), email=email, language=get_language() or "fr")
        HANDOVERS.hold(request, begun.one, code=begun.code)
        return redirect("public:handover_code", begun.one.public_id)
    days = {name: policy(f"handover-{name}-days", legal_day(now())) for name in ("objection", "hearing")}
    context = {"form": form, "key": request.POST.get("key") or uuid4(), "held": HANDOVERS.of(request), "days": days}
    return render(request, START, context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@HANDOVERS.for_holders
def code(request: Request, handover: Handover) -> HttpResponse:
    """Show the number and the follow-up code of a new request, until its author says that they are kept."""
    if request.method == "POST":
        code_is_kept(request)
        return redirect("public:handover_ask", handover.public_id)
    return render(request, CODE, {"handover": handover, "code": code_to_show(request, handover)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: Request) -> HttpResponse:
    """Open a request with its number and code, from any browser."""
    return HANDOVERS.resumed(request)


@require_http_methods(["GET", "HEAD", "POST"])
@HANDOVERS.for_holders
def ask(request: Request, handover: Handover) -> HttpResponse:
    """Ask which firm, why, and who is to act; whatever is typed is kept, good or bad."""
    if not handover.is_open(now()):
        return _closed(request, handover)
    if request.method != "POST":
        typed = handover.answers
        form = HandoverStep(typed, facts=None) if typed.get("ground") else HandoverStep(facts=None, initial=typed)
        return render(request, ASK, {"handover": handover, "form": form})
    typed = typed_from(HandoverStep, request.POST)
    form = HandoverStep(typed, facts=None)
    try:
        findings = answer_handover(handover=handover.public_id, answers=typed)
    except ClosedToChange:
        return _closed(request, handover)
    except AnswerTooLong:
        form.add_error(None, _("Une réponse est trop longue pour être enregistrée. Raccourcissez-la."))
        return render(request, ASK, {"handover": handover, "form": form}, status=UNPROCESSABLE)
    if findings and "leave" not in request.POST:
        return render(request, ASK, {"handover": handover, "form": form}, status=UNPROCESSABLE)
    page = "status" if "leave" in request.POST else "review"
    return redirect(f"public:handover_{page}", handover.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@HANDOVERS.for_holders
def review(request: Request, handover: Handover) -> HttpResponse:
    """Show what a request says and its documents; add one, or submit."""
    if not handover.is_open(now()):
        return _closed(request, handover)
    is_sent = request.method == "POST" and "submit" in request.POST
    form = JoinForm(request.POST, request.FILES) if request.method == "POST" and not is_sent else JoinForm()
    if form.is_bound and form.is_valid() and _attached(handover, form) is None:
        return redirect("public:handover_review", handover.public_id)
    answers, findings = read(handover.answers)
    documents = list(documents_of_handover(handover))
    if is_sent and not findings and documents:
        try:
            submit_handover(key=key_of(request), handover=handover.public_id)
        except (ClosedToChange, HandoverIncomplete):
            return _closed(request, handover)
        messages.success(request, _("Votre demande est transmise."))
        return redirect("public:handover_status", handover.public_id)
    context = {
        "handover": handover, "form": form, "sections": summary(answers), "findings": findings, "key": uuid4(),
        "documents": documents, "lacks_evidence": not documents, "is_refused": is_sent,
    }  # fmt: skip
    return render(request, REVIEW, context, status=UNPROCESSABLE if form.errors or is_sent else 200)


def _attached(handover: Handover, form: JoinForm) -> str | None:
    """Store the file of a form and add it; or say, at the field, what stands in the way."""
    document = form.cleaned_data["document"]
    file = store(document, name=document.name or "", media_type=document.content_type or "")
    try:
        attach_to_handover(handover=handover.public_id, file=file)
    except TooMuchTogether as too_much:
        form.add_error("document", said := too_much_together(too_much.most))
        return said
    except ClosedToChange:
        form.add_error("document", said := _("Cette demande ne reçoit plus de pièces."))
        return said
    return None


@require_POST
@HANDOVERS.for_holders
def document_removed(request: Request, handover: Handover, document: UUID) -> HttpResponse:
    """Take a document out of a draft."""
    found = get_object_or_404(handover.documents, public_id=document, notice=None)
    try:
        remove_from_handover(handover=handover.public_id, document=found.public_id)
    except ClosedToChange:
        return _closed(request, handover)
    return redirect("public:handover_review", handover.public_id)


@require_safe
@HANDOVERS.for_holders
def document(request: Request, handover: Handover, document: UUID) -> HttpResponse | FileResponse:
    """Give out a document to whoever joined it."""
    theirs = documents_of_handover(handover).filter(notice=None)
    return given_out(request, get_object_or_404(theirs, public_id=document))


@require_http_methods(["GET", "HEAD", "POST"])
@HANDOVERS.for_holders
def status(request: Request, handover: Handover) -> HttpResponse:
    """Show where a request stands, why it waits and until when; take in what its author adds."""
    is_file = request.method == "POST" and "document" in request.FILES
    words = WordsForm(request.POST if request.method == "POST" and not is_file else None)
    evidence = JoinForm(request.POST, request.FILES) if is_file else JoinForm()
    if is_file and evidence.is_valid() and _attached(handover, evidence) is None:
        messages.success(request, _("La pièce est jointe à votre demande."))
        return redirect("public:handover_status", handover.public_id)
    if words.is_bound and words.is_valid():
        try:
            say_more(handover=handover.public_id, words=words.cleaned_data["words"])
        except ClosedToChange:
            messages.info(request, _("Cette demande ne reçoit plus de réponse. Voici où elle en est."))
            return redirect("public:handover_status", handover.public_id)
        except HandoverIncomplete as held:
            words.add_error("words", held.findings[0].message)
        else:
            messages.success(request, _("Votre réponse est reçue."))
            return redirect("public:handover_status", handover.public_id)
    context = _shown(handover) | {"words": words, "evidence": evidence}
    failed = words.errors or evidence.errors
    return render(request, STATUS, context, status=UNPROCESSABLE if failed else 200)


def _shown(handover: Handover) -> dict[str, Any]:
    at = now()
    notices = list(handover.notices.all())
    said = handover.statements.filter(notice=None).select_related("by").order_by("id")
    return {
        "handover": handover,
        "state": HandoverState(handover.state),
        "is_open": handover.is_open(at),
        "has_expired": handover.state == HandoverState.DRAFT and not handover.is_open(at),
        "expected": expected_step(handover, at),
        "is_over": handover.objections_until is not None and at >= handover.objections_until,
        "is_heard": may_decide_contested(handover, at),
        "told": len(notices),
        "answered": sum(each.answer != Answer.NONE for each in notices),
        "said": said,
        "documents": documents_of_handover(handover).filter(notice=None),
        "sections": summary(what_it_says(handover)) if handover.submitted_at else [],
        "timeline": handover.history.order_by("id"),
        "may_withdraw": HandoverMove.WITHDRAW in HANDOVER.moves_from(HandoverState(handover.state)),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@HANDOVERS.for_holders
def withdraw(request: Request, handover: Handover) -> HttpResponse:
    """Ask whether a request is really to be withdrawn, then withdraw it."""
    if request.method != "POST":
        may = HandoverMove.WITHDRAW in HANDOVER.moves_from(HandoverState(handover.state))
        return render(request, WITHDRAW, {"handover": handover, "may_withdraw": may})
    try:
        withdraw_handover(handover=handover.public_id)
    except MoveNotAllowed:
        messages.info(request, _("Cette demande ne peut plus être retirée. Voici où elle en est."))
    else:
        messages.success(request, _("La demande est retirée."))
    return redirect("public:handover_status", handover.public_id)


def _closed(request: Request, handover: Handover) -> HttpResponse:
    """Lead back to where a request stands: it does not change any more."""
    messages.info(request, _("Cette demande ne se modifie plus. Voici où elle en est."))
    return redirect("public:handover_status", handover.public_id)
