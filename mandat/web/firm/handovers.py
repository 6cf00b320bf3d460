"""What those who stand for a firm see of the handovers that concern it: what is asked, and their own answer."""

from uuid import UUID, uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from mandat.access.queries import designations_of
from mandat.enrolment.commands.handovers import answer_handover, begin_handover
from mandat.enrolment.handover_form import HandoverStep
from mandat.enrolment.handover_queries import notices_to
from mandat.enrolment.models import Ground, Handover
from mandat.enrolment.queries import neq_of
from mandat.enrolment.workflow import WAITING_HANDOVERS
from mandat.enterprises.models import Role
from mandat.web.asking import Request
from mandat.web.firm.guards import guard_of
from mandat.web.keys import key_of
from mandat.web.public.held import HANDOVERS
from mandat.web.public.notices import AnswerForm, answered, shown

PAGE = "mandat/web/firm/handovers.html"
UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def handovers(request: Request, firm: UUID) -> HttpResponse:
    """Show the requests that wait about the firm, each with the reader's answer, and the way to ask for one."""
    theirs = {str(each.public_id): each for each in notices_to(request.actor.person, request.firm)}
    told = theirs.get(request.POST.get("notice", "")) if request.method == "POST" else None
    if request.method == "POST" and told is None:
        raise Http404
    form = answered(request, told) if told else None
    if told and form is None:
        return redirect("firm:handovers", firm)
    waiting = Handover.objects.filter(enterprise=request.firm, state__in=WAITING_HANDOVERS).order_by("id")
    mine = [shown(each) | {"form": form if form and each == told else AnswerForm()} for each in theirs.values()]
    context = {
        "mine": mine, "others": waiting.exclude(notices__in=[each.pk for each in theirs.values()]),
        "key": uuid4(), "guard": guard_of(request.firm, request.at), "grounds": Ground,
        "representatives": [each.person for each in designations_of(request.firm, request.at).filter(role=Role.RA)],
    }  # fmt: skip
    return render(request, PAGE, context, status=UNPROCESSABLE if form and form.errors else 200)


@require_POST
def begin(request: Request, firm: UUID) -> HttpResponse:
    """Begin a request about the firm, with what is known of it: its representative has changed, or has left."""
    ground = request.POST.get("ground", Ground.CHANGED)
    begun = begin_handover(
        key=key_of(request), email=request.actor.login.email, language=request.actor.person.language
    ).one
    if not begun.answers:
        known = {
            "ground": ground if ground in Ground.values else Ground.CHANGED.value, "neq": neq_of(request.firm),
            "asker": str(request.actor.person),
        }  # fmt: skip
        answer_handover(handover=begun.public_id, answers=dict.fromkeys(HandoverStep.base_fields, "") | known)
    HANDOVERS.hold(request, begun)
    return redirect("public:handover_ask", begun.public_id)
