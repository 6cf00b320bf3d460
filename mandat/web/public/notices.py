"""Whoever was told of a handover reads it by the link of their notice, and agrees or objects, without an account."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mandat.enrolment.commands.handover_answers import answer_notice
from mandat.enrolment.commands.handovers import attach_to_handover
from mandat.enrolment.errors import HandoverIncomplete, NoticeUnusable
from mandat.enrolment.handover_queries import expected_step, notice_of, what_it_says
from mandat.enrolment.models import Answer, Ground, HandoverNotice
from mandat.enrolment.workflow import OPEN_TO_ANSWERS, HandoverState
from mandat.filings.errors import TooMuchTogether
from mandat.platform.clock import now
from mandat.platform.files import store
from mandat.web.account.limits import count_attempt
from mandat.web.asking import Request
from mandat.web.documents import too_much_together
from mandat.web.public.held import JoinForm

PAGE, UNKNOWN = "mandat/web/public/notice.html", "mandat/web/public/notice_unknown.html"
NOT_FOUND, UNPROCESSABLE = 404, 422


class AnswerForm(JoinForm):
    """Whether one agrees, and why, with a document perhaps."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Votre réponse"), widget=forms.RadioSelect,
        choices=[
            (Answer.OBJECTS.value, gettext_lazy("Je m’oppose à cette demande")),
            (Answer.AGREES.value, gettext_lazy("Je suis d’accord")),
        ],
        error_messages={"required": gettext_lazy("Dites si vous vous opposez, ou si vous êtes d’accord.")},
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("Pourquoi"), max_length=3000, required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Nécessaire si vous vous opposez. Le bureau le lit; il peut le résumer à l’autre côté."),
    )  # fmt: skip
    field_order = ("answer", "words", "document")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        document = self.fields["document"]
        document.label, document.required = _("Une pièce qui l’appuie"), False

    def clean(self) -> None:
        """Ask why somebody objects."""
        if self.cleaned_data.get("answer") == Answer.OBJECTS and not self.cleaned_data.get("words", "").strip():
            self.add_error("words", _("Dites pourquoi vous vous opposez."))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: Request, token: str) -> HttpResponse:
    """Show the request that a notice is about, and take the answer in."""
    if (told := notice_of(token)) is None:
        count_attempt(request, key="notice")  # a letter's code is short enough to be tried
        return render(request, UNKNOWN, status=NOT_FOUND)
    form = answered(request, told)
    if form is None:
        return redirect("public:notice", token)
    return render(request, PAGE, shown(told) | {"form": form}, status=UNPROCESSABLE if form.errors else 200)


def answered(request: Request, told: HandoverNotice) -> AnswerForm | None:
    """Return the form of an answer, to be filled in or mended; nothing once the answer is kept."""
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AnswerForm(*given)
    if not (form.is_bound and form.is_valid()):
        return form
    try:
        if document := form.cleaned_data["document"]:
            file = store(document, name=document.name or "", media_type=document.content_type or "")
            attach_to_handover(handover=told.handover.public_id, file=file, notice=told)
        answer_notice(
            notice=told.public_id, answer=Answer(form.cleaned_data["answer"]), words=form.cleaned_data["words"]
        )
    except TooMuchTogether as too_much:
        form.add_error("document", too_much_together(too_much.most))
        return form
    except HandoverIncomplete as held:
        form.add_error("words", held.findings[0].message)
        return form
    except NoticeUnusable:
        messages.info(request, _("Cette demande ne reçoit plus de réponse. Voici où elle en est."))
    else:
        messages.success(request, _("Votre réponse est reçue. Le bureau de vérification la lira."))
    return None


def shown(told: HandoverNotice) -> dict[str, Any]:
    """Return what whoever was told may know of a request: not who is to act, nor where they live."""
    handover, at = told.handover, now()
    answers = what_it_says(handover)
    questions = handover.statements.filter(by__isnull=False).order_by("id")
    return {
        "told": told, "handover": handover, "state": HandoverState(handover.state),
        "ground": Ground(answers["ground"]).label, "asker": answers["asker"], "capacity": answers["capacity"],
        "is_open": handover.state in OPEN_TO_ANSWERS, "expected": expected_step(handover, at),
        "is_over": handover.objections_until is not None and at >= handover.objections_until,
        "questions": questions, "said": told.statements.order_by("id"),
    }  # fmt: skip
