"""Activating an access: both parts of an invitation, a password, then the second factor, then the firm."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login as AllauthLogin
from django import forms
from django.contrib.auth import logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mandat.enrolment.commands import activate as activate_invitation
from mandat.enrolment.errors import InvitationUnusable, WrongSecondPart
from mandat.enrolment.models import Channel, Invitation
from mandat.enrolment.queries import invitation_of
from mandat.enrolment.workflow import InvitationState
from mandat.identity.passwords import LongEnough
from mandat.platform.clock import now
from mandat.web.asking import Request

PAGE, CLOSED = "mandat/web/public/activation.html", "mandat/web/public/activation_closed.html"
UNPROCESSABLE, NOT_FOUND, GONE = 422, 404, 410
#: What the second part is called, and where it comes from.
SECOND = {
    Channel.LETTER: (
        gettext_lazy("Code de la lettre"),
        gettext_lazy("Douze signes, sur la lettre reçue par la poste. Les traits d’union ne comptent pas."),
    ),
    Channel.USER_CODE: (
        gettext_lazy("Code d’utilisateur"),
        gettext_lazy("La personne responsable de la firme vous l’a remis. Il ressemble à KTR-7M2-Q9X."),
    ),
}  # fmt: skip


class ActivationForm(forms.Form):
    """The second part, and a password typed twice."""

    second = forms.CharField(
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("Tapez ce code.")},
    )
    password = forms.CharField(
        label=gettext_lazy("Mot de passe"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": gettext_lazy("Choisissez un mot de passe.")},
    )
    again = forms.CharField(
        label=gettext_lazy("Le même mot de passe, encore une fois"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": gettext_lazy("Tapez le mot de passe une seconde fois.")},
    )

    def __init__(self, *args: Any, invitation: Invitation, **more: Any) -> None:
        super().__init__(*args, **more)
        self.invitation = invitation
        second = self.fields["second"]
        second.label, second.help_text = SECOND[Channel(invitation.channel)]
        self.fields["password"].help_text = LongEnough().get_help_text()

    def clean(self) -> dict[str, Any]:
        """Compare the two passwords, and ask of them what is asked of any."""
        password, again = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if password and again and password != again:
            self.add_error("again", _("Les deux mots de passe diffèrent. Tapez deux fois le même."))
        elif password:
            try:
                validate_password(password, self.invitation.login)
            except ValidationError as weak:
                self.add_error("password", weak)
        return self.cleaned_data


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: Request, token: str) -> HttpResponse:
    """Ask for the second part and a password, then open the way to the second factor."""
    invitation = invitation_of(token)
    if invitation is None or not invitation.is_usable(now()):
        return closed(request, invitation)
    form = ActivationForm(request.POST if request.method == "POST" else None, invitation=invitation)
    if form.is_valid():
        second, password = form.cleaned_data["second"], form.cleaned_data["password"]
        try:
            return enter(request, activate_invitation(token=token, second=second, password=password))
        except WrongSecondPart:
            form.add_error("second", _("Ce code n’est pas celui qui va avec ce lien. Relisez-le, puis recommencez."))
        except InvitationUnusable:
            return closed(request, invitation_of(token))
    context = {"form": form, "invitation": invitation, "tries": tries_left(invitation, form)}
    return render(request, PAGE, context, status=UNPROCESSABLE if form.errors else 200)


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
    onward = AllauthLogin(
        user=invitation.login, redirect_url=reverse("firm:home", args=[invitation.enterprise.public_id])
    )
    return perform_password_login(request, {}, onward)


def closed(request: Request, invitation: Invitation | None) -> HttpResponse:
    """Say why a link opens nothing, and what to do."""
    if invitation is None:
        return render(request, CLOSED, {"why": "unknown"}, status=NOT_FOUND)
    why = invitation.state
    if invitation.state == InvitationState.PENDING:
        why = "tried_out" if invitation.tries_left == 0 else "expired"
    context = {"why": why, "is_letter": invitation.channel == Channel.LETTER}
    return render(request, CLOSED, context, status=GONE)
