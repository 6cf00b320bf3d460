"""A person kept out, or let in again, by a supervisor: found by an exact code or address, for a reason that is kept."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.core.exceptions import ImmediateHttpResponse
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mandat.access.commands import LastSupervisors
from mandat.access.commands.suspending import look_up_person, restore_access, suspend_access
from mandat.access.models import StaffAssignment
from mandat.access.queries import firms_left_alone, proxies_received, roles_of
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Enterprise
from mandat.identity.devices import logins_of
from mandat.identity.limits import TooManyTries, count_work
from mandat.identity.models import Person
from mandat.identity.queries import open_sessions
from mandat.openid.queries import authorizations
from mandat.platform.workflow import MoveNotAllowed
from mandat.web.account.limits import too_many
from mandat.web.asking import Request

LOOK_UP, PAGE, ACT = (f"mandat/web/staff/{name}.html" for name in ("people", "person", "person_act"))
UNPROCESSABLE = 422
#: Whom this session has looked up, and may see the page of: kept in the session, and gone with it.
SEEN = "people_looked_up"


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Motif"),
        help_text=gettext_lazy("Ces mots sont conservés avec votre nom."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Dites pourquoi.")},
    )


class LookUpForm(ReasonForm):
    """Whom to find, and why."""

    typed = forms.CharField(
        label=gettext_lazy("Code d’utilisateur ou courriel, en entier"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Tapez un code d’utilisateur ou un courriel.")},
    )
    field_order = ("typed", "reason")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: Request) -> HttpResponse:
    """Ask for an exact code or address and a reason, then lead to that person; there is no list."""
    form = LookUpForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            count_work(f"looked up by {request.actor.person.pk}")
        except TooManyTries as many:
            raise ImmediateHttpResponse(too_many(request, many)) from many
        found = look_up_person(by=request.actor, **form.cleaned_data).person
        if found is not None:
            request.session[SEEN] = [*request.session.get(SEEN, []), str(found.public_id)]
            return redirect("staff:person", found.public_id)
        form.add_error("typed", _("Personne n’a ce code ou ce courriel. Vérifiez chaque signe."))
    return render(request, LOOK_UP, {"form": form}, status=UNPROCESSABLE if form.errors else 200)


def _found(request: Request, person: UUID) -> Person:
    """
    Return a person whom this session has looked up.

    :raises Http404: if it has not
    """
    if str(person) not in request.session.get(SEEN, []):
        raise Http404
    return get_object_or_404(Person, public_id=person)


@never_cache
@require_safe
def person(request: Request, person: UUID) -> HttpResponse:
    """Show what a person holds, and what was done to their access."""
    someone = _found(request, person)
    return render(request, PAGE, what_is_held(someone, request.at) | {"is_oneself": someone == request.actor.person})


def what_is_held(someone: Person, at: datetime) -> dict[str, Any]:
    """Return what a suspension sets aside, and what it ends."""
    roles = roles_of(someone, at)
    firms, history = Enterprise.objects.in_bulk(list(roles)), list(someone.history.order_by("-id"))
    by = {each.authority["person"] for each in history if "person" in each.authority}
    return {
        "someone": someone,
        "is_suspended": someone.state == Person.State.SUSPENDED,
        "logins": logins_of(someone, at),
        "roles": [(firms[key], held) for key, held in roles.items()],
        "assignments": StaffAssignment.objects.filter(in_force(at), person=someone).order_by("id"),
        "proxies": list(proxies_received(someone, at)),
        "sessions": open_sessions(someone, at).count(),
        "entries": authorizations(at).filter(session__person=someone).count(),
        "alone": firms_left_alone(someone, at),
        "history": history,
        "deciders": {str(each.public_id): each for each in Person.objects.filter(public_id__in=by)},
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def suspend(request: Request, person: UUID) -> HttpResponse:
    """Show what it ends and sets aside, ask why, then keep the person out."""
    return _moved(request, person, "suspend", suspend_access)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: Request, person: UUID) -> HttpResponse:
    """Ask why, then let the person in again."""
    return _moved(request, person, "restore", restore_access)


def _moved(request: Request, person: UUID, act: str, command: Callable[..., Person]) -> HttpResponse:
    someone = _found(request, person)
    if someone == request.actor.person:
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            command(person_id=person, reason=form.cleaned_data["reason"], by=request.actor)
        except MoveNotAllowed:
            messages.info(request, _("Quelqu’un l’a fait avant vous."))
        except LastSupervisors:
            messages.error(
                request, _("Rien n’est changé : il doit rester deux superviseurs. Nommez-en un autre d’abord.")
            )
        else:
            messages.success(request, _("C’est fait. La personne est prévenue par courriel."))
        return redirect("staff:person", person)
    context = what_is_held(someone, request.at) | {"form": form, "act": act}
    return render(request, ACT, context, status=UNPROCESSABLE if form.errors else 200)
