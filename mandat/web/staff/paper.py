"""The paper route at the desk: receive a paper, type what it says beside its pages, link it or set it aside."""

from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mandat.enrolment.commands import link_paper, receive_paper, set_aside_paper, type_paper
from mandat.enrolment.errors import EnrolledAlready, EnrolmentIncomplete, NotOpenToPaper
from mandat.enrolment.models import Enrolment, PaperIntake
from mandat.enrolment.number import NotAnEnrolmentNumber, read_number
from mandat.enrolment.paper.flags import Flag
from mandat.enrolment.paper.questions import questions, understood
from mandat.enrolment.workflow import PAPER, PaperState
from mandat.filings.errors import ReasonMissing
from mandat.platform.clock import legal_day
from mandat.platform.files import open_content, store
from mandat.platform.inspection.apart import Paper, read_paper
from mandat.platform.inspection.findings import FoundUnfit, Unfit, must
from mandat.platform.models import Condition
from mandat.platform.sin import holds_a_sin
from mandat.platform.workflow import MoveNotAllowed
from mandat.reference.queries import policy
from mandat.web.asking import Request
from mandat.web.documents import WORDS, given_to_staff
from mandat.web.keys import key_of
from mandat.web.paging import paged
from mandat.web.staff.paper_forms import LinkForm, ReceiveForm, SetAsideForm, TypingForm

LIST, PAGE, LINK, SET_ASIDE = (
    f"mandat/web/staff/paper{page}.html" for page in ("s", "", "_link", "_set_aside")
)  # fmt: skip
UNPROCESSABLE, CONFLICT = 422, 409


@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: Request) -> HttpResponse:
    """Show the papers that came in, those to type first; or receive one."""
    form, key = ReceiveForm(largest=policy("enrolment-document-megabytes", legal_day(request.at))), uuid4()
    if request.method == "POST":
        key = key_of(request)
        form = ReceiveForm(request.POST, request.FILES, largest=form.fields["document"].largest)  # type: ignore[attr-defined]
        if form.is_valid() and (received := _received(request, form, key)):
            return redirect("staff:paper", received.public_id)
    whole = PaperIntake.objects.select_related("enrolment", "received_by", "typed_by")
    page, kept = paged(whole.order_by("-received_at", "-id"), request)
    waiting = PaperIntake.objects.filter(state=PaperState.RECEIVED).count()
    context = {"form": form, "key": key, "page": page, "kept": kept, "waiting": waiting}
    return render(request, LIST, context, status=UNPROCESSABLE if form.errors else 200)


def _received(request: Request, form: ReceiveForm, key: UUID) -> PaperIntake | None:
    """Read a file apart and register it; nothing is kept of one that holds a social insurance number."""
    document: UploadedFile = form.cleaned_data["document"]
    try:
        paper = read_paper(document)
        must(not any(map(holds_a_sin, _said_in(paper))), Unfit.SIN)
    except FoundUnfit as found:
        form.add_error("document", WORDS[found.why])
        return None
    file = store(document, name=document.name or "", media_type=document.content_type or "")
    received = receive_paper(key=key, file=file, paper=paper, pages=_kept_pages(paper), by=request.actor)
    if received.state == PaperState.LINKED:
        messages.warning(request, _("Ce formulaire est déjà revenu : ce papier est relié à son inscription."))
    return received


def _said_in(paper: Paper) -> list[str]:
    values = {name: each["value"] for name, each in paper.fields.items()}
    return [each for each in (*values.values(), *understood(values, {}).values()) if isinstance(each, str)]


def _kept_pages(paper: Paper) -> list[str]:
    return [
        store(BytesIO(each), name=f"page-{number}.jpg", media_type="image/jpeg").sha256
        for number, each in enumerate(paper.pages, start=1)
    ]


def opened(intake: UUID) -> PaperIntake:
    """
    Return a paper that came in.

    :raises Http404: if there is none
    """
    whole = PaperIntake.objects.select_related("enrolment", "form__template", "file__scan", "received_by", "typed_by")
    return get_object_or_404(whole, public_id=intake)


@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: Request, intake: UUID) -> HttpResponse:
    """Show a paper beside what it says; or submit what was typed."""
    found = opened(intake)
    form = TypingForm(initial=found.read, is_flagged=bool(found.flags))
    if request.method != "POST" or found.state != PaperState.RECEIVED:
        return _paper(request, found, form, status=CONFLICT if request.method == "POST" else 200)
    form = TypingForm(request.POST, is_flagged=bool(found.flags))
    form.add([])
    try:
        done = type_paper(
            intake=intake, typed=form.typed(), enclosed=form.enclosed(), reason=form.data.get("reason", "")[:1000],
            by=request.actor,
        )  # fmt: skip
    except EnrolmentIncomplete as incomplete:
        form.add(incomplete.findings)
    except ReasonMissing:
        form.add_error("reason", _("Dites pourquoi ce papier est accepté malgré ce qui est signalé plus haut."))
    except EnrolledAlready as already:
        return _paper(request, found, form, twin=already.enrolment, is_taken=True, status=CONFLICT)
    except (NotOpenToPaper, MoveNotAllowed):
        return _paper(request, opened(intake), form, status=CONFLICT)
    else:
        messages.success(request, _("L’inscription est transmise à la vérification. Un collègue la décidera."))
        return redirect("staff:paper", done.public_id)
    return _paper(request, found, form, status=UNPROCESSABLE)


def _paper(request: Request, found: PaperIntake, form: TypingForm, *, status: int, **more: Any) -> HttpResponse:
    labels = {each.name: each.label for each in questions()}
    is_shown = found.file.condition != Condition.INFECTED
    context = {
        "intake": found, "form": form, "state": PaperState(found.state), "twin": None, "is_taken": False,
        "flags": [Flag(each).label for each in found.flags],
        "moves": [move.value for move in PAPER.moves_from(PaperState(found.state))],
        "pages": range(1, len(found.pages) + 1) if is_shown else [],
        "changed": [(labels[name], before, after) for name, (before, after) in found.changed.items()],
        "history": found.history.select_related("by").order_by("id"),
    }  # fmt: skip
    return render(request, PAGE, context | more, status=status)


@require_safe
def page(request: Request, intake: UUID, number: int) -> FileResponse:
    """Show the picture of one page: drawn by us, so that nothing of the file itself comes along."""
    found = opened(intake)
    if not 0 < number <= len(found.pages) or found.file.condition == Condition.INFECTED:
        raise Http404
    return FileResponse(open_content(found.pages[number - 1]), content_type="image/jpeg")


@require_http_methods(["GET", "HEAD", "POST"])
def file(request: Request, intake: UUID) -> HttpResponse | FileResponse:
    """Give out the file itself."""
    found = opened(intake)
    return given_to_staff(request, found, back=reverse("staff:paper", args=[intake]))


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: Request, intake: UUID) -> HttpResponse:
    """Ask which enrolment a paper goes with, then link it."""
    found = opened(intake)
    initial = {"number": request.GET.get("number", "")[:40]}
    form = LinkForm(request.POST) if request.method == "POST" else LinkForm(initial=initial)
    if form.is_valid():
        enrolment = _enrolment_named(form.cleaned_data["number"])
        if enrolment is None:
            form.add_error("number", _("Aucune inscription transmise ne porte ce numéro. Comparez-le à la liste."))
        else:
            return _done(
                request, found, lambda: link_paper(intake=intake, enrolment=enrolment, by=request.actor),
                _("Le papier est relié à l’inscription %(number)s.") % {"number": enrolment.number},
            )  # fmt: skip
    return render(request, LINK, {"intake": found, "form": form}, status=UNPROCESSABLE if form.errors else 200)


def _enrolment_named(typed: str) -> Enrolment | None:
    try:
        return Enrolment.objects.filter(number=read_number(typed), submitted_at__isnull=False).first()
    except NotAnEnrolmentNumber:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def set_aside(request: Request, intake: UUID) -> HttpResponse:
    """Ask why a paper is set aside, then set it aside."""
    found = opened(intake)
    form = SetAsideForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, SET_ASIDE, {"intake": found, "form": form}, status=UNPROCESSABLE if form.errors else 200)
    reason = form.cleaned_data["reason"]
    return _done(
        request, found, lambda: set_aside_paper(intake=intake, reason=reason, by=request.actor),
        _("Le papier est écarté."),
    )  # fmt: skip


def _done(request: Request, found: PaperIntake, act: Any, words: str) -> HttpResponse:
    try:
        act()
    except MoveNotAllowed:
        messages.info(request, _("Ce papier a avancé entre-temps. Voici où il en est."))
    else:
        messages.success(request, words)
    return redirect("staff:paper", found.public_id)
