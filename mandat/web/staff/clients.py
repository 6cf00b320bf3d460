"""The services that have persons sign in with us: seen by supervisors and auditors, kept by supervisors."""

from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mandat.access.rights import Right
from mandat.openid.commands import clients as commands
from mandat.openid.commands.clients import change_client, disable_client, enable_client, register_client
from mandat.openid.models import AuthMethod, Client
from mandat.openid.scopes import labels
from mandat.platform.workflow import MoveNotAllowed
from mandat.web.asking import Request
from mandat.web.keys import key_of
from mandat.web.staff.client_forms import ClientForm, NewClientForm, initial_of

UNPROCESSABLE = 422
LIST, PAGE, FORM, SECRET, ACT = (
    f"mandat/web/staff/{name}.html" for name in ("clients", "client", "client_form", "client_secret", "client_act")
)


@require_safe
def clients(request: Request) -> HttpResponse:
    """List the services, by name."""
    found = Client.objects.select_related("provider").order_by("name_fr", "id")
    return render(request, LIST, {"clients": found, "may_keep": Right.SUPERVISE in request.staff_rights})


@require_safe
def client(request: Request, client: UUID) -> HttpResponse:
    """Show a service: what it is told by us, what it may ask, what was done to it."""
    found = _found(client)
    context = {
        "client": found,
        "scopes": labels(found.scopes),
        "history": found.history.order_by("-id"),
        "issuer": settings.PUBLIC_URL,
        "has_secret": found.auth_method == AuthMethod.SECRET,
        "ending": found.secrets.filter(ends_at__gt=request.at).order_by("ends_at").first(),
        "may_keep": Right.SUPERVISE in request.staff_rights,
    }
    return render(request, PAGE, context)


def _found(client: UUID) -> Client:
    return get_object_or_404(Client.objects.select_related("provider"), public_id=client)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_client(request: Request) -> HttpResponse:
    """Register a service, and show its secret this once."""
    form = NewClientForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        made, secret = register_client(
            key=key_of(request), provider=form.cleaned_data["provider"], description=form.described(), by=request.actor
        )
        return _shown_once(request, made, secret)
    status = UNPROCESSABLE if form.errors else 200
    return render(
        request, FORM, {"form": form, "client": None, "key": request.POST.get("key") or uuid4()}, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, client: UUID) -> HttpResponse:
    """Change what a service is."""
    found = _found(client)
    given = request.POST if request.method == "POST" else None
    form = ClientForm(given, initial=initial_of(found), method=found.auth_method)
    if found.auth_method == AuthMethod.SECRET:
        del form.fields["jwks"]
    if form.is_bound and form.is_valid():
        form.cleaned_data.setdefault("jwks", {})
        change_client(client_id=client, description=form.described(), by=request.actor)
        messages.success(request, _("C’est changé, dès la prochaine demande du service."))
        return redirect("staff:client", client)
    context = {"form": form, "client": found, "key": ""}
    return render(request, FORM, context, status=UNPROCESSABLE if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def renew_secret(request: Request, client: UUID) -> HttpResponse:
    """Ask, then renew the secret of a service and show the new one this once."""
    found = _found(client)
    if found.auth_method != AuthMethod.SECRET:
        raise Http404
    if request.method == "POST":
        made, secret = commands.renew_secret(client_id=client, by=request.actor)
        return _shown_once(request, made, secret)
    return render(request, ACT, {"client": found, "act": "renew"})


def _shown_once(request: Request, made: Client, secret: str | None) -> HttpResponse:
    if secret is None:  # the second of two clicks, or a service that has none
        messages.success(request, _("Le service est enregistré."))
        return redirect("staff:client", made.public_id)
    return render(request, SECRET, {"client": made, "secret": secret})


@require_http_methods(["GET", "HEAD", "POST"])
def disable(request: Request, client: UUID) -> HttpResponse:
    """Ask, then stop serving a service."""
    return _moved(request, client, "disable", disable_client)


@require_http_methods(["GET", "HEAD", "POST"])
def enable(request: Request, client: UUID) -> HttpResponse:
    """Ask, then serve a disabled service again."""
    return _moved(request, client, "enable", enable_client)


def _moved(request: Request, client: UUID, act: str, command: Any) -> HttpResponse:
    found = _found(client)
    if request.method != "POST":
        return render(request, ACT, {"client": found, "act": act})
    try:
        command(client_id=client, by=request.actor)
    except MoveNotAllowed:
        messages.info(request, _("Quelqu’un l’a fait avant vous."))
    else:
        messages.success(request, _("C’est fait."))
    return redirect("staff:client", client)
