"""Writing an enrolment: a page for each step, which keeps what is typed, good or bad; its documents; its review."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.forms import Form
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mandat.enrolment import checks, consent
from mandat.enrolment.commands import attach_document, remove_document, save_answers, submit_enrolment
from mandat.enrolment.errors import EnrolmentIncomplete, StaleEnrolment
from mandat.enrolment.fields import EnrolmentStep
from mandat.enrolment.models import Enrolment, Purpose
from mandat.enrolment.queries import documents_of
from mandat.enrolment.reading import missing_documents, read, summary
from mandat.enrolment.reasons import Correction
from mandat.enrolment.steps import documents_needed, label_of, step_of, steps_for
from mandat.enrolment.steps import step as step_named
from mandat.filings.definition import Finding
from mandat.filings.errors import AnswerTooLong, ClosedToChange, NothingChanged, TooMuchTogether
from mandat.filings.summary import shown
from mandat.filings.typed import typed_from, typed_in
from mandat.platform.clock import now
from mandat.platform.files import shown_name, store
from mandat.web.asking import Request
from mandat.web.documents import given_out, too_much_together
from mandat.web.keys import key_of, revision_of
from mandat.web.public.enrolment import corrections_of
from mandat.web.public.held import ENROLMENTS, UNPROCESSABLE, JoinForm

CONFLICT = 409
STEP, DOCUMENTS, REVIEW, CLOSED = (
    f"mandat/web/public/enrolment_{page}.html" for page in ("step", "documents", "review", "closed")
)


@dataclass
class Drawn:
    """A step as its page shows it."""

    enrolment: Enrolment
    step: type[EnrolmentStep]
    form: Form
    findings: list[Finding]  # of the whole
    #: What another tab has saved meanwhile, beside what was typed here.
    differences: list[tuple[str, str, str]] = field(default_factory=list)


def no_longer_open(request: Request, enrolment: Enrolment) -> HttpResponse:
    """Lead to an enrolment that may no longer be changed, and say so."""
    messages.info(request, _("Cette inscription ne peut plus être modifiée. Voici où elle en est."))
    return redirect("public:enrolment_status", enrolment.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@ENROLMENTS.for_holders
def step(request: Request, enrolment: Enrolment, code: str) -> HttpResponse:
    """Show one step of an enrolment, or keep what was typed in it and go on."""
    kind = step_named(code)
    if kind is None:
        raise Http404
    if kind not in steps_for(enrolment.answers):  # an answer has changed since the page that led here
        return redirect("public:enrolment_review", enrolment.public_id)
    if request.method == "POST":
        return _save(request, enrolment, kind)
    if not enrolment.is_open(now()):
        return no_longer_open(request, enrolment)
    return _page(request, drawn(enrolment, kind, enrolment.answers))


def _save(request: Request, enrolment: Enrolment, kind: type[EnrolmentStep]) -> HttpResponse:
    typed = typed_from(kind, request.POST)
    try:
        kept = typed_in(kind, typed)
        saved = save_answers(
            enrolment=enrolment.public_id, step=kind.code, answers=typed, revision=revision_of(request)
        ).enrolment
    except AnswerTooLong:
        return _too_long(request, enrolment, kind, typed)
    except StaleEnrolment as stale:
        if any(stale.enrolment.answers.get(name) != value for name, value in kept.items()):
            return _conflict(request, stale.enrolment, kind, kept)
        saved = stale.enrolment  # the twin of this request
    except ClosedToChange:
        return _closed(request, enrolment, kind, typed)
    result = drawn(saved, kind, saved.answers)
    if "leave" in request.POST:
        messages.success(request, _("C’est enregistré. Reprenez quand vous voudrez."))
        return redirect("public:enrolment_status", saved.public_id)
    return _onward(result) if not result.form.errors else _page(request, result, status=UNPROCESSABLE)


def _onward(result: Drawn) -> HttpResponse:
    """Lead to the step that follows, or, after the last, to the documents if some are needed, or to the review."""
    place, steps = result.enrolment.public_id, steps_for(result.enrolment.answers)
    if following := steps[steps.index(result.step) + 1 :]:
        return redirect("public:enrolment_step", place, following[0].code)
    needed = documents_needed(result.enrolment.answers)
    return redirect("public:enrolment_documents" if needed else "public:enrolment_review", place)


def drawn(enrolment: Enrolment, kind: type[EnrolmentStep], answers: Mapping[str, Any]) -> Drawn:
    """Read a step: errors at their fields, unless nothing was ever saved in it."""
    findings = read(answers)[1]
    form = kind(answers, facts=None, initial=answers)
    form.is_bound = not kind.base_fields.keys().isdisjoint(enrolment.answers)
    for each in findings:
        if form.is_bound and each.field in form.fields and each.message not in form.errors.get(each.field, []):
            form.add_error(each.field, each.message)
    return Drawn(enrolment, kind, form, findings)


def _page(request: Request, result: Drawn, status: int = 200) -> HttpResponse:
    asked = [each for each in corrections_of(result.enrolment) if each.step == result.step.code]
    said_beside(result.form, asked)
    answers = read(result.enrolment.answers)[0]
    context = {
        "enrolment": result.enrolment, "step": result.step, "form": result.form, "differences": result.differences,
        "warnings": [each for each in checks.warnings(answers) if each.field in result.step.base_fields],
        "corrections": asked,
        "steps": along(result.enrolment), "documents_node": documents_node(result.enrolment),
    }  # fmt: skip
    return render(request, STEP, context, status=status)


def said_beside(form: Form, corrections: list[Correction]) -> None:
    """Say beside each field what the desk asks to correct there, tied to it as its hint is."""
    for each in corrections:
        if field := form.fields.get(each.field):
            said = format_html(
                '<b class="asked">{}</b> {}', _("À corriger : %(why)s") % {"why": each.message}, field.help_text
            )
            field.help_text = said


def along(enrolment: Enrolment) -> list[tuple[type[EnrolmentStep], str]]:
    """Return every step with the node that shows how it stands: not begun, to be corrected, or done."""
    wrong = {each.field for each in read(enrolment.answers)[1]}
    nodes = []
    for each in steps_for(enrolment.answers):
        names = each.base_fields.keys()
        state = "next" if names.isdisjoint(enrolment.answers) else "done" if names.isdisjoint(wrong) else "due"
        nodes.append((each, state))
    return nodes


def documents_node(enrolment: Enrolment) -> str:
    """Return the node of the documents: blank when none is needed."""
    needed = documents_needed(enrolment.answers)
    if not needed:
        return ""
    return "due" if set(needed) - {each.purpose for each in documents_of(enrolment)} else "done"


def _conflict(
    request: Request, enrolment: Enrolment, kind: type[EnrolmentStep], typed: Mapping[str, Any]
) -> HttpResponse:
    """Show what was typed on a page that was out of date, and beside it what another tab has saved meanwhile."""
    result = drawn(enrolment, kind, enrolment.answers | typed)
    result.differences = [
        (str(each.label), shown(each, saved), shown(each, typed[name]))
        for name, each in result.form.fields.items()
        if (saved := enrolment.answers.get(name) or "") != (typed[name] or "")
    ]
    return _page(request, result, status=CONFLICT)


def _too_long(
    request: Request, enrolment: Enrolment, kind: type[EnrolmentStep], typed: Mapping[str, Any]
) -> HttpResponse:
    """Show again what was too long to be kept."""
    result = drawn(enrolment, kind, enrolment.answers | typed)
    result.form.is_bound = True
    result.form.add_error(None, _("Une réponse est trop longue pour être enregistrée. Raccourcissez-la."))
    return _page(request, result, status=UNPROCESSABLE)


def _closed(
    request: Request, enrolment: Enrolment, kind: type[EnrolmentStep], typed: Mapping[str, Any]
) -> HttpResponse:
    """Say that an enrolment was closed to change meanwhile, and give back what was typed."""
    texts = [(str(kind.base_fields[name].label), shown(kind.base_fields[name], value)) for name, value in typed.items()]
    context = {"enrolment": enrolment, "typed": [(label, text) for label, text in texts if text]}
    return render(request, CLOSED, context, status=CONFLICT)


class DocumentForm(JoinForm):
    """A file, and what it proves."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("Ce que prouve le document"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Dites ce que prouve le document.")},
    )
    field_order = ("purpose", "document")

    def __init__(self, *args: Any, needed: list[Purpose], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["purpose"].choices = [(each.value, each.label) for each in needed]  # type: ignore[attr-defined]
        if len(needed) == 1:
            self.fields["purpose"].initial = needed[0].value


@require_http_methods(["GET", "HEAD", "POST"])
@ENROLMENTS.for_holders
def documents(request: Request, enrolment: Enrolment) -> HttpResponse:
    """Show the documents of an enrolment, or add one."""
    if not enrolment.is_open(now()):
        return no_longer_open(request, enrolment)
    needed = documents_needed(enrolment.answers)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DocumentForm(*given, needed=needed)
    if form.is_valid():
        try:
            return _add(request, enrolment, Purpose(form.cleaned_data["purpose"]), form.cleaned_data["document"])
        except TooMuchTogether as too_much:
            form.add_error("document", too_much_together(too_much.most))
    asked = corrections_of(enrolment)
    context = {
        "enrolment": enrolment, "form": form, "documents": documents_of(enrolment), "needed": needed,
        "corrections": [each for each in asked if each.field.startswith("document_")],
        "steps": along(enrolment), "documents_node": documents_node(enrolment),
    }  # fmt: skip
    return render(request, DOCUMENTS, context, status=UNPROCESSABLE if form.errors else 200)


def _add(request: Request, enrolment: Enrolment, purpose: Purpose, document: UploadedFile) -> HttpResponse:
    """Store a file and add it, unless it is there already."""
    file = store(document, name=document.name or "", media_type=document.content_type or "")
    name, place = shown_name(file.name), redirect("public:enrolment_documents", enrolment.public_id)
    if documents_of(enrolment).filter(file__sha256=file.sha256, purpose=purpose).exists():
        return place
    attach = partial(attach_document, enrolment=enrolment.public_id, purpose=purpose, file=file)
    try:
        attach(revision=enrolment.revision)
    except StaleEnrolment as stale:  # a document takes the place of nothing that another tab wrote
        attach(revision=stale.enrolment.revision)
    except ClosedToChange:
        return no_longer_open(request, enrolment)
    messages.success(request, _("Le document « %(name)s » est joint.") % {"name": name})
    return place


@require_POST
@ENROLMENTS.for_holders
def document_removed(request: Request, enrolment: Enrolment, document: UUID) -> HttpResponse:
    """Take a document out of an enrolment."""
    found = get_object_or_404(enrolment.documents, public_id=document)
    page = "public:enrolment_evidence" if found.purpose == Purpose.ASKED else "public:enrolment_documents"
    try:
        remove_document(enrolment=enrolment.public_id, document=found.public_id, revision=enrolment.revision)
    except StaleEnrolment:
        messages.warning(request, _("L’inscription a changé pendant ce temps. Vérifiez la liste, puis recommencez."))
    except ClosedToChange:
        return no_longer_open(request, enrolment)
    return redirect(page, enrolment.public_id)


@require_safe
@ENROLMENTS.for_holders
def document(request: Request, enrolment: Enrolment, document: UUID) -> HttpResponse | FileResponse:
    """Give out a document to whoever joined it."""
    return given_out(request, get_object_or_404(documents_of(enrolment), public_id=document))


class ConsentForm(forms.Form):
    """The applicant's word on what is submitted."""

    consent = forms.BooleanField(
        label=gettext_lazy("J’accepte ces conditions, et je déclare que ces renseignements sont exacts et complets."),
        error_messages={"required": gettext_lazy("Cochez cette case pour pouvoir transmettre l’inscription.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@ENROLMENTS.for_holders
def review(request: Request, enrolment: Enrolment) -> HttpResponse:
    """Show an enrolment whole, with what is missing, then submit it."""
    if request.method == "POST":
        return _submit(request, enrolment)
    if not enrolment.is_open(now()):
        return no_longer_open(request, enrolment)
    return _review(request, enrolment, ConsentForm(), key=uuid4())


def _submit(request: Request, enrolment: Enrolment) -> HttpResponse:
    key, form = key_of(request), ConsentForm(request.POST)
    if not form.is_valid():
        return _review(request, enrolment, form, key=key, status=UNPROCESSABLE)
    try:
        submit_enrolment(
            key=key, enrolment=enrolment.public_id, revision=revision_of(request), accepted=consent.CURRENT
        )
    except StaleEnrolment as stale:
        form.add_error(
            None, _("L’inscription a changé depuis l’ouverture de cette page. Relisez-la, puis transmettez.")
        )
        return _review(request, stale.enrolment, form, key=key, status=CONFLICT)
    except EnrolmentIncomplete:
        form.add_error(None, _("Il reste des réponses à compléter. Elles sont nommées plus bas."))
        return _review(request, enrolment, form, key=key, status=UNPROCESSABLE)
    except NothingChanged:
        form.add_error(None, _("Rien n’a changé depuis la demande de correction. Faites-la avant de transmettre."))
        return _review(request, enrolment, form, key=key, status=UNPROCESSABLE)
    except ClosedToChange:
        return no_longer_open(request, enrolment)
    messages.success(request, _("Votre inscription est transmise."))
    return redirect("public:enrolment_status", enrolment.public_id)


def _review(request: Request, enrolment: Enrolment, form: Form, *, key: UUID, status: int = 200) -> HttpResponse:
    answers, findings = read(enrolment.answers)
    joined = list(documents_of(enrolment))
    findings += missing_documents(answers, {each.purpose for each in joined})
    context = {
        "enrolment": enrolment, "form": form, "key": key, "sections": summary(answers), "documents": joined,
        "missing": [_placed(each) for each in findings],
        "warnings": [_placed(each) for each in checks.warnings(answers)],
        "steps": along(enrolment), "documents_node": documents_node(enrolment),
    }  # fmt: skip
    return render(request, REVIEW, context, status=status)


def _placed(finding: Finding) -> dict[str, str]:
    """Return a finding with the name of its field, and the step where it is; blank for the documents."""
    where = step_of(finding.field)
    return {
        "field": finding.field, "label": label_of(finding.field), "message": finding.message,
        "step": where.code if where else "",
    }  # fmt: skip
