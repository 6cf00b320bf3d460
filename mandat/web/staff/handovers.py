"""Handovers at the verification desk: the list by age, one screen of each with both sides, and the moves."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mandat.access.commands import LastRSE
from mandat.access.queries import designations_of
from mandat.enrolment.commands.handover_desk import (
    approve_handover,
    contest,
    hear,
    notify,
    recommend,
    refuse_handover,
    send_back,
)
from mandat.enrolment.errors import (
    EmailOfAnother,
    HandoverIncomplete,
    IsContested,
    NoAccount,
    SameOfficer,
    TimeToObject,
    VerifiedByTheSamePerson,
)
from mandat.enrolment.handover_form import names_an_rse, people_named, summary
from mandat.enrolment.handover_queries import (
    documents_of_handover,
    expected_step,
    handovers_verifiable_by,
    may_decide_contested,
    neighbours,
    what_it_says,
    words_of,
)
from mandat.enrolment.models import Answer, Ground, Handover
from mandat.enrolment.workflow import (
    CONTESTED_HANDOVERS,
    HANDOVER,
    WAITING_HANDOVERS,
    HandoverMove,
    HandoverState,
)
from mandat.enterprises.models import Role
from mandat.platform.workflow import MoveNotAllowed
from mandat.web.asking import Request
from mandat.web.documents import given_to_staff
from mandat.web.firm.depending import what_rests_on
from mandat.web.paging import paged

LIST, PAGE, ACT = (f"mandat/web/staff/handover{page}.html" for page in ("s", "", "_act"))
UNPROCESSABLE, CONFLICT = 422, 409
NODES = {Answer.NONE: "silent", Answer.AGREES: "done", Answer.OBJECTS: "no"}


class ReasonForm(forms.Form):
    """Why, as those concerned read it."""

    reason = forms.CharField(
        label=gettext_lazy("Motifs"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Ils sont montrés tels quels à qui a fait la demande."),
        error_messages={"required": gettext_lazy("Dites pourquoi.")},
    )  # fmt: skip


class QuestionForm(forms.Form):
    """What both sides are asked."""

    question = forms.CharField(
        label=gettext_lazy("Question aux deux côtés"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Résumez ce que dit chacun, sans renseignement dont l’autre n’a pas besoin."),
        error_messages={"required": gettext_lazy("Dites ce que chaque côté doit expliquer.")},
    )  # fmt: skip


class EndingForm(forms.Form):
    """Whose places end."""

    ending = forms.MultipleChoiceField(
        label=gettext_lazy("Places qui prennent fin"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Une personne nommée de nouveau dans la même place la garde."),
    )  # fmt: skip

    def __init__(self, *args: Any, places: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["ending"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - for the reader of types
        field.choices = places
        field.initial = [key for key, _label in places]


class RecommendForm(EndingForm, ReasonForm):
    """Why a contested request would be accepted, and whose places would end."""

    field_order = ["ending", "reason"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reason"].help_text = _("La personne qui confirme les lit; qui a fait la demande ne les voit pas.")


#: What is asked before each move, and what is said once it is made.
FORMS: dict[HandoverMove, type[forms.Form]] = {
    HandoverMove.NOTIFY: forms.Form,
    HandoverMove.CONTEST: ReasonForm,
    HandoverMove.HEAR: QuestionForm,
    HandoverMove.RECOMMEND: RecommendForm,
    HandoverMove.SEND_BACK: ReasonForm,
    HandoverMove.APPROVE: EndingForm,
    HandoverMove.REFUSE: ReasonForm,
}
DONE = {
    HandoverMove.NOTIFY: gettext_lazy("Les avis partent. Le temps pour s’opposer court."),
    HandoverMove.CONTEST: gettext_lazy("La demande est traitée comme contestée : il y faut deux personnes."),
    HandoverMove.HEAR: gettext_lazy("La question part aux deux côtés."),
    HandoverMove.RECOMMEND: gettext_lazy("C’est proposé. Une autre personne du bureau décide."),
    HandoverMove.SEND_BACK: gettext_lazy("Ce n’est pas confirmé. La demande est de nouveau à étudier."),
    HandoverMove.APPROVE: gettext_lazy("La relève est faite. Les invitations sont parties."),
    HandoverMove.REFUSE: gettext_lazy("La demande est refusée. Ce qui était en vigueur le reste."),
}


def opened(request: Request, handover: UUID) -> Handover:
    """
    Return a request that was submitted.

    :raises Http404: if there is none
    """
    return get_object_or_404(handovers_verifiable_by(request.actor.person, request.at), public_id=handover)


@require_safe
def handovers(request: Request) -> HttpResponse:
    """Show the requests that wait, the oldest first; or those that were decided."""
    are_decided = request.GET.get("decided") == "yes"
    found = handovers_verifiable_by(request.actor.person, request.at)
    waiting = found.filter(state__in=WAITING_HANDOVERS)
    found = found.exclude(state__in=WAITING_HANDOVERS).order_by("-changed_at", "-id") if are_decided else waiting
    page, kept = paged(found, request)
    rows = [
        (each, HandoverState(each.state), Ground(ground).label if (ground := each.answers.get("ground")) else "")
        for each in page.object_list
    ]
    context = {"page": page, "kept": kept, "rows": rows, "are_decided": are_decided, "contested": CONTESTED_HANDOVERS}
    return render(request, LIST, context)


@require_safe
def handover(request: Request, handover: UUID) -> HttpResponse:
    """Show what is asked, what proves it, who was told and what each answered, and what may be done."""
    return render(request, PAGE, _shown(request, opened(request, handover)))


def _shown(request: Request, found: Handover) -> dict[str, Any]:
    answers = what_it_says(found)
    documents = list(documents_of_handover(found))
    return {
        "handover": found,
        "firm": found.enterprise or answers["neq"],
        "state": HandoverState(found.state),
        "moves": [each.value for each in HANDOVER.moves_from(HandoverState(found.state))],
        "ground": Ground(answers["ground"]).label,
        "sections": summary(answers),
        "documents": [each for each in documents if each.notice_id is None],
        "objecting_documents": [each for each in documents if each.notice_id is not None],
        "notices": [(each, NODES[Answer(each.answer)]) for each in found.notices.select_related("person")],
        "said": words_of(found),
        "neighbours": [(each, HandoverState(each.state)) for each in neighbours(found)],
        "acting": list(designations_of(found.enterprise, request.at)) if found.enterprise else [],
        "expected": expected_step(found, request.at),
        "is_over": found.objections_until is not None and request.at >= found.objections_until,
        "is_heard": may_decide_contested(found, request.at),
        "timeline": found.history.select_related("by").order_by("id"),
        "why": "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: Request, handover: UUID, move: str) -> HttpResponse:
    """Say what a move does, ask what it needs, then make it."""
    found = opened(request, handover)
    if (made := HandoverMove(move) if move in HandoverMove.values else None) not in FORMS or made is None:
        raise Http404
    if made not in HANDOVER.moves_from(HandoverState(found.state)):
        return _blocked(request, found, _("Quelqu’un l’a fait avancer entre-temps. Voici où elle en est."))
    form = _form(request, found, made)
    if not form.is_valid():
        context = _shown(request, found) | {"form": form, "move": made} | _effects(request, found, made)
        return render(request, ACT, context, status=UNPROCESSABLE if form.errors else 200)
    try:
        return _made(request, found, made, _command(found, made, form.cleaned_data))
    except HandoverIncomplete as held:
        form.add_error("question", held.findings[0].message)
        context = _shown(request, found) | {"form": form, "move": made} | _effects(request, found, made)
        return render(request, ACT, context, status=UNPROCESSABLE)


def _form(request: Request, found: Handover, move: HandoverMove) -> forms.Form:
    typed = request.POST if request.method == "POST" else None
    kind = FORMS[move]
    if not issubclass(kind, EndingForm):
        return kind(typed)
    if found.state == HandoverState.RECOMMENDED:
        return forms.Form(typed)  # another officer has chosen
    return kind(typed, places=_places(request, found))


def _places(request: Request, found: Handover) -> list[tuple[str, str]]:
    """Return the places that a request would end: the representatives', and those in charge if it names one."""
    if found.enterprise is None:
        return []
    roles = [Role.RA, Role.RSE] if names_an_rse(what_it_says(found)) else [Role.RA]
    held = designations_of(found.enterprise, request.at).filter(role__in=roles)
    return [(str(each.public_id), f"{each.person}, {each.get_role_display()}") for each in held]


def _effects(request: Request, found: Handover, move: HandoverMove) -> dict[str, Any]:
    """Return what an acceptance gives and ends, to be read before."""
    if move not in {HandoverMove.APPROVE, HandoverMove.RECOMMEND} or found.enterprise is None:
        return {"named": [], "resting": []}
    firm, answers = found.enterprise, what_it_says(found)
    leaving = designations_of(firm, request.at).filter(role=Role.RSE) if names_an_rse(answers) else []
    resting = [(each.person, what_rests_on(each.person, firm, request.at)) for each in leaving]
    return {"named": people_named(answers), "resting": resting}


def _command(found: Handover, move: HandoverMove, said: dict[str, Any]) -> Callable[..., Handover]:
    ending = [UUID(each) for each in said.pop("ending", [])]
    if move == HandoverMove.APPROVE:
        return partial(approve_handover, handover=found.public_id, ending=ending)
    if move == HandoverMove.RECOMMEND:
        return partial(recommend, handover=found.public_id, ending=ending, **said)
    commands: dict[HandoverMove, Callable[..., Handover]] = {
        HandoverMove.NOTIFY: notify, HandoverMove.CONTEST: contest, HandoverMove.HEAR: hear,
        HandoverMove.SEND_BACK: send_back, HandoverMove.REFUSE: refuse_handover,
    }  # fmt: skip
    return partial(commands[move], handover=found.public_id, **said)


def _made(request: Request, found: Handover, move: HandoverMove, command: Callable[..., Handover]) -> HttpResponse:
    """Make a move, and lead back to the request; or say what stood in the way."""
    try:
        command(by=request.actor)
    except MoveNotAllowed:
        found.refresh_from_db()
        return _blocked(request, found, _("Quelqu’un l’a fait avancer entre-temps. Voici où elle en est."))
    except EmailOfAnother as taken:
        message = _(
            "L’adresse %(email)s est à une personne d’un autre nom : la demande ne peut pas être acceptée ainsi."
        )
        return _blocked(request, found, message % {"email": taken})
    except tuple(_WORDS) as refused:
        return _blocked(request, found, str(_WORDS[type(refused)]))
    messages.success(request, DONE[move])
    return redirect("staff:handover", found.public_id)


_WORDS: dict[type[Exception], Any] = {
    VerifiedByTheSamePerson: gettext_lazy("Cette demande vous nomme, ou touche une firme à vous : un collègue décide."),
    NoAccount: gettext_lazy(
        "Aucune firme inscrite n’a ce NEQ : il n’y a personne à aviser. Refusez, et dites pourquoi."
    ),
    TimeToObject: gettext_lazy("Le temps pour s’opposer, ou pour répondre, n’est pas fini."),
    IsContested: gettext_lazy("Une autre demande touche la même firme : traitez d’abord celle-ci comme contestée."),
    SameOfficer: gettext_lazy("Vous l’avez proposée : une autre personne du bureau décide."),
    LastRSE: gettext_lazy("Il ne resterait plus de responsable en mesure d’agir. Gardez une place de plus."),
}


def _blocked(request: Request, found: Handover, why: str) -> HttpResponse:
    """Show a request again, with what stood in the way. Nothing was done."""
    return render(request, PAGE, _shown(request, found) | {"why": why}, status=CONFLICT)


@require_http_methods(["GET", "HEAD", "POST"])
def document(request: Request, handover: UUID, document: UUID) -> HttpResponse | FileResponse:
    """Give out a document of either side."""
    found = get_object_or_404(documents_of_handover(opened(request, handover)), public_id=document)
    return given_to_staff(request, found, back=reverse("staff:handover", args=[handover]))
