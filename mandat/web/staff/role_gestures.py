"""What a supervisor does about the roles of the staff: proposes, confirms, refuses, reviews, ends."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mandat.access import commands
from mandat.access.models import StaffAssignment
from mandat.access.workflow import AssignmentMove as Move
from mandat.platform.clock import end_of, legal_day, start_of
from mandat.reference.queries import policy
from mandat.web.asking import Request
from mandat.web.keys import key_of
from mandat.web.staff.role_forms import NoteForm, RoleForm, queues_on
from mandat.web.staff.roles import found_role, told_of

NEW, PREVIEW, ACT = (f"mandat/web/staff/{page}.html" for page in ("new_role", "new_role_preview", "role_act"))
UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def new_role(request: Request) -> HttpResponse:
    """Ask whose role, which, until when; show it with the person’s name; then propose it."""
    today = legal_day(request.at)
    longest = today + timedelta(days=policy("staff-role-maximum-days", today))
    given = request.POST if request.method == "POST" else None
    form = RoleForm(given, today=today, longest=longest, by=request.actor.person)
    if form.is_bound and form.is_valid() and "edit" not in request.POST:
        if "key" not in request.POST:
            return _previewed(request, form, dict(queues_on(today)))
        if (made := _proposed(request, form)) is not None:
            messages.success(request, _("C’est proposé. Les autres superviseurs reçoivent un courriel."))
            return redirect("staff:role", made.public_id)
    return render(request, NEW, {"form": form}, status=UNPROCESSABLE if form.errors else 200)


def _previewed(request: Request, form: RoleForm, queues: Mapping[str, Any]) -> HttpResponse:
    given = form.cleaned_data
    said = {"role": StaffAssignment.Role(given["role"]).label, "queue": queues[given["queue"]]}
    return render(request, PREVIEW, said | {"form": form, "key": uuid4(), "given": given, "someone": form.found})


def _proposed(request: Request, form: RoleForm) -> StaffAssignment | None:
    given = form.cleaned_data
    assert form.found is not None  # noqa: S101 - for the reader of types: the form is valid
    during = DateTimeTZRange(start_of(given["start"]) if given["start"] else None, end_of(given["until"]))
    try:
        return commands.assign_staff(
            key=key_of(request), person=form.found, role=StaffAssignment.Role(given["role"]), queue=given["queue"],
            during=during, by=request.actor,
        )  # fmt: skip
    except commands.RoleTooLong:
        form.add_error(
            "until", _("C’est trop loin. Choisissez un jour plus proche : le rôle pourra être proposé de nouveau.")
        )
    except commands.DatesImpossible:
        form.add_error("until", _("Le rôle finirait avant de commencer. Choisissez un jour plus tardif."))
    except commands.AlreadyGranted:
        form.add_error("role", _("Cette personne a déjà ce rôle, ou on l’a proposé pour elle, pendant ces dates."))
    return None


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request, role: UUID) -> HttpResponse:
    """Show to a second supervisor what a first has proposed, then confirm it."""
    found = found_role(role)
    if request.method != "POST":
        return render(request, ACT, told_of(request, found) | {"act": Move.CONFIRM.value, "form": None})
    return _done(
        request, found, lambda: commands.confirm_assignment(assignment_id=role, by=request.actor),
        _("Le rôle est confirmé. Un courriel part à %(person)s."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: Request, role: UUID) -> HttpResponse:
    """Ask why, then withdraw one’s own proposal or refuse another’s."""
    return _noted(
        request, role, "drop",
        lambda reason: commands.drop_proposal(assignment_id=role, reason=reason, by=request.actor),
        _("La proposition est close : le rôle n’est pas donné."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: Request, role: UUID) -> HttpResponse:
    """Ask why somebody still needs their role, then keep it for another while."""
    return _noted(
        request, role, Move.KEEP.value,
        lambda note: commands.keep_assignment(assignment_id=role, note=note, by=request.actor),
        _("Le rôle est revu : il est gardé."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Request, role: UUID) -> HttpResponse:
    """Ask why, then end a role at once."""
    return _noted(
        request, role, Move.END.value,
        lambda reason: commands.end_assignment(assignment_id=role, reason=reason, by=request.actor),
        _("Le rôle a pris fin. %(person)s ne peut plus s’en servir, dès maintenant."),
    )  # fmt: skip


def _noted(request: Request, role: UUID, act: str, gesture: Callable[[str], Any], said: str) -> HttpResponse:
    found = found_role(role)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return _done(request, found, lambda: gesture(form.cleaned_data["reason"]), said)
    context = told_of(request, found) | {"act": act, "form": form}
    return render(request, ACT, context, status=UNPROCESSABLE if form.errors else 200)


def _done(request: Request, role: StaffAssignment, gesture: Callable[[], Any], said: str) -> HttpResponse:
    """Do something about a role, and lead to it as it is now, or say why nothing was done."""
    refusals: dict[type[Exception], str] = {
        commands.OneSupervisor: _("Il faut un autre superviseur que celui qui a proposé le rôle et que sa titulaire."),
        commands.AlreadyConfirmed: _("Ce rôle est déjà confirmé."),
        commands.NotConfirmed: _("Ce rôle attend encore un second superviseur."),
        commands.AlreadyRevoked: _("Quelqu’un l’a fait avant vous : rien n’a été changé."),
        commands.TooLate: _("Le temps de répondre est passé : rien n’a été changé."),
        commands.LastSupervisors: _(
            "Il resterait moins de deux superviseurs : plus personne ne pourrait donner de rôle. Confirmez-en d’abord "
            "un autre."
        ),
    }  # fmt: skip
    try:
        gesture()
    except tuple(refusals) as refused:
        messages.warning(request, refusals[type(refused)])
    else:
        messages.success(request, said % {"person": role.person})
    return redirect("staff:role", role.public_id)
