"""What a supervisor does to bring somebody to the regulator's side: invites, invites again, cancels."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mandat.enrolment.commands import EmailOfAnother, cancel_invitation, invite_staff, reissue_invitation
from mandat.enrolment.errors import InvitedAlready, SignsInAlready
from mandat.enrolment.models import LANGUAGES, Channel, Invitation
from mandat.enrolment.reading import Named
from mandat.identity import user_code
from mandat.identity.models import canonical_email
from mandat.platform.idempotency import IdempotencyConflict
from mandat.platform.workflow import MoveNotAllowed
from mandat.web.asking import Request
from mandat.web.keys import key_of

INVITE, PAGE = "mandat/web/staff/invite.html", "mandat/web/staff/invitation.html"
UNPROCESSABLE = 422


def _name(label: Any, missing: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=100, widget=widget, error_messages={"required": missing})


class InviteForm(forms.Form):
    """Who is to join the staff."""

    given_name = _name(gettext_lazy("Prénom"), gettext_lazy("Indiquez le prénom de la personne."))
    family_name = _name(gettext_lazy("Nom de famille"), gettext_lazy("Indiquez le nom de famille de la personne."))
    email = forms.EmailField(
        label=gettext_lazy("Courriel"), max_length=254,
        help_text=gettext_lazy("Une adresse qu’elle est seule à lire : le lien d’activation y sera envoyé."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Indiquez le courriel de la personne."),
            "invalid": gettext_lazy("Cette adresse n’est pas complète. Écrivez-la comme ceci : nom@exemple.ca."),
        },
    )  # fmt: skip
    language = forms.ChoiceField(
        label=gettext_lazy("Langue des messages"), choices=LANGUAGES, widget=forms.RadioSelect, initial="fr",
        error_messages={"required": gettext_lazy("Choisissez la langue des messages.")},
    )  # fmt: skip

    @property
    def named(self) -> Named:
        """Return who is invited."""
        given = self.cleaned_data
        return Named(given["given_name"], given["family_name"], canonical_email(given["email"]), given["language"])


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: Request) -> HttpResponse:
    """Ask who is to join the staff, then invite them."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and (answer := _invited(request, form)) is not None:
        return answer
    key = request.POST.get("key") or uuid4()
    return render(request, INVITE, {"form": form, "key": key}, status=UNPROCESSABLE if form.errors else 200)


def _invited(request: Request, form: InviteForm) -> HttpResponse | None:
    try:
        invitation = invite_staff(key=key_of(request), named=form.named, by=request.actor)
    except EmailOfAnother:
        form.add_error("email", _("Cette adresse est déjà celle d’une personne d’un autre nom. Vérifiez-la avec elle."))
    except SignsInAlready:
        form.add_error("email", _("Cette personne entre déjà ici. Proposez-lui un rôle, sans l’inviter."))
    except InvitedAlready:
        form.add_error(
            "email", _("Une invitation attend déjà cette personne. Renouvelez celle-là, ou attendez qu’elle serve.")
        )
    except IdempotencyConflict:
        messages.warning(request, _("Cette page a déjà servi. Voici les rôles et les invitations."))
        return redirect("staff:roles")
    else:
        messages.success(request, _("C’est fait. Remettez-lui maintenant son code d’utilisateur."))
        return redirect("staff:staff_invitation", invitation.public_id)
    return None


@require_safe
def invitation(request: Request, invitation: UUID) -> HttpResponse:
    """Show an invitation to the staff: the code to hand over, until when, what the reader may do about it."""
    found = _found(invitation)
    is_pending = found.state == Invitation.State.PENDING
    code = user_code.grouped(found.login.user_code) if is_pending else ""
    context = {"found": found, "is_pending": is_pending, "is_usable": found.is_usable(request.at), "code": code}
    return render(request, PAGE, context)


@require_POST
def renew(request: Request, invitation: UUID) -> HttpResponse:
    """Send a new link in place of one that waits; the former opens nothing any more."""
    said = _("Un nouveau lien part par courriel. Le précédent n’ouvre plus rien.")
    return _done(request, invitation, reissue_invitation, said)


@require_POST
def cancel(request: Request, invitation: UUID) -> HttpResponse:
    """End an invitation that waits: its link opens nothing any more."""
    return _done(request, invitation, cancel_invitation, _("L’invitation est annulée. Son lien n’ouvre plus rien."))


def _done(request: Request, invitation: UUID, gesture: Callable[..., Invitation], said: str) -> HttpResponse:
    found = _found(invitation)
    try:
        found = gesture(invitation_id=found.public_id, by=request.actor)  # the new one, where one replaces it
    except MoveNotAllowed:
        messages.info(request, _("Ce lien vient de servir ou d’être remplacé."))
    else:
        messages.success(request, said)
    return redirect("staff:staff_invitation", found.public_id)


def _found(invitation: UUID) -> Invitation:
    """
    Return an invitation to the staff.

    :raises Http404: if there is none
    """
    of_staff = Invitation.objects.select_related("login", "person").filter(channel=Channel.STAFF)
    return get_object_or_404(of_staff, public_id=invitation)
