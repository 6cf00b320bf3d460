"""Activating an access: both parts of an invitation, a password, then the second factor, then the firm."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login as AllauthLogin
from django import forms
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mandat.enrolment.commands import activate as activate_invitation
from mandat.enrolment.commands import decline_invitation
from mandat.enrolment.errors import InvitationUnusable, WrongSecondPart
from mandat.enrolment.models import Channel, Invitation
from mandat.enrolment.queries import invitation_of
from mandat.enrolment.workflow import InvitationState
from mandat.platform.clock import now
from mandat.web.account.new_password import NewPasswordForm
from mandat.web.asking import Request

DECLINE = "mandat/web/public/activation_decline.html"
PAGE, CLOSED = "mandat/web/public/activation.html", "mandat/web/public/activation_closed.html"
UNPROCESSABLE, NOT_FOUND, GONE = 422, 404, 410
#: What the second part is called, and where it comes from.
SECOND = {
    Channel.LETTER: (
        gettext_lazy("Code de la lettre"),
        gettext_lazy("Douze signes, sur la lettre reçue par la poste. Les traits d’union ne comptent pas."),
    ),
    Channel.POST: (
        gettext_lazy("Code de suivi"),
        gettext_lazy("Seize signes, remis avec le formulaire de désignation. Les traits d’union ne comptent pas."),
    ),
    Channel.STAFF: (
        gettext_lazy("Code d’utilisateur"),
        gettext_lazy("Le superviseur qui vous invite vous l’a remis. Il ressemble à KTR-7M2-Q9X."),
    ),
    Channel.USER_CODE: (
        gettext_lazy("Code d’utilisateur"),
        gettext_lazy("La personne responsable de la firme vous l’a remis. Il ressemble à KTR-7M2-Q9X."),
    ),
}  # fmt: skip


def second_part() -> forms.CharField:
    """Return the field of the second part."""
    signs = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"})
    return forms.CharField(max_length=60, widget=signs, error_messages={"required": gettext_lazy("Tapez ce code.")})


class SecondPartForm(forms.Form):
    """The second part alone."""

    second = second_part()

    def __init__(self, *args: Any, invitation: Invitation) -> None:
        super().__init__(*args)
        second = self.fields["second"]
        second.label, second.help_text = SECOND[Channel(invitation.channel)]


class ActivationForm(NewPasswordForm):
    """The second part, and a password typed twice."""

    second = second_part()
    field_order = ("second", "password", "again")

    def __init__(self, request: Request, *, invitation: Invitation) -> None:
        self.words = [str(invitation.enterprise)] if invitation.enterprise else []
        super().__init__(request, login=invitation.login)
        self.fields["password"].label = gettext_lazy("Mot de passe")
        second = self.fields["second"]
        second.label, second.help_text = SECOND[Channel(invitation.channel)]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: Request, token: str) -> HttpResponse:
    """Ask for the second part and a password, then open the way to the second factor."""
    invitation = invitation_of(token)
    if invitation is None or not invitation.is_usable(now()):
        return closed(request, invitation)
    form = ActivationForm(request, invitation=invitation)
    if form.is_bound and form.is_valid():
        second, password = form.cleaned_data["second"], form.cleaned_data["password"]
        try:
            return enter(request, activate_invitation(token=token, second=second, password=password))
        except WrongSecondPart:
            form.add_error("second", _("Ce code n’est pas celui qui va avec ce lien. Relisez-le, puis recommencez."))
        except InvitationUnusable:
            return closed(request, invitation_of(token))
    context = {"form": form, "invitation": invitation, "token": token, "tries": tries_left(invitation, form)}
    return render(request, PAGE, context, status=UNPROCESSABLE if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: Request, token: str) -> HttpResponse:
    """Ask whether the invitation is declined, then end it."""
    invitation = invitation_of(token)
    if invitation is None or not invitation.is_usable(now()):
        return closed(request, invitation)
    if request.method != "POST":
        return render(request, DECLINE, {"invitation": invitation, "token": token})
    try:
        decline_invitation(token=token)
    except InvitationUnusable:
        return closed(request, invitation_of(token))
    return render(request, DECLINE, {"invitation": invitation, "is_done": True})


def tries_left(invitation: Invitation, form: forms.Form) -> int | None:
    """Return how many tries are left, once one was wrong."""
    if "second" not in form.errors or not form.cleaned_data.get("password"):
        return None
    invitation.refresh_from_db(fields=["tries_left"])
    return invitation.tries_left


def enter(request: Request, invitation: Invitation) -> HttpResponse:
    """Go on as after a password at sign-in: the second factor is set up, then the firm opens."""
    if request.actor is not None:
        logout(request)
    onward = AllauthLogin(user=invitation.login, redirect_url=home_of(invitation))
    return perform_password_login(request, {}, onward)


def home_of(invitation: Invitation) -> str:
    """Return where whoever was invited begins: in the firm, or in their account while they have no role here."""
    firm = invitation.enterprise
    return reverse("firm:home", args=[firm.public_id]) if firm else reverse("account:home")


def closed(request: Request, invitation: Invitation | None) -> HttpResponse:
    """Say why a link opens nothing, and what to do."""
    if invitation is None:
        return render(request, CLOSED, {"why": "unknown"}, status=NOT_FOUND)
    why = invitation.state
    if invitation.state == InvitationState.PENDING:
        is_over = now() >= invitation.expires_at
        why = "tried_out" if invitation.tries_left == 0 else "expired" if is_over else "cancelled"
    context = {
        "why": why,
        "is_letter": invitation.channel == Channel.LETTER,
        "is_staff": invitation.channel == Channel.STAFF,
    }
    return render(request, CLOSED, context, status=GONE)
