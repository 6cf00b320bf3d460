"""What an RSE does about who may act: makes a user, invites again, grants, revokes."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mandat.access.commands import AlreadyGranted, AlreadyRevoked, NotAUser, grant_proxies, revoke_proxy
from mandat.access.commands.proxies import last_day_of_a_proxy
from mandat.access.models import Proxy
from mandat.access.queries import people_who_can, standing_proxies, users_of
from mandat.access.rights import Right
from mandat.access.simulation import if_granted, simulate
from mandat.enrolment.commands import EmailOfAnother, cancel_invitation, create_user, reissue_invitation
from mandat.enrolment.models import Invitation
from mandat.enrolment.queries import pending_invitations, registrations_with_regulator
from mandat.enterprises.models import ServiceRegistration
from mandat.filings.models import Filing
from mandat.filings.workflow import OPEN_TO_CHANGE
from mandat.identity.models import Person
from mandat.platform.clock import end_of, legal_day
from mandat.platform.idempotency import IdempotencyConflict
from mandat.platform.workflow import MoveNotAllowed
from mandat.reference.queries import entries
from mandat.web.access_words import block_name
from mandat.web.asking import Request
from mandat.web.firm.access_forms import OUTSIDE, GrantForm, ReasonForm, UserForm
from mandat.web.firm.accesses import channels_of, in_blocks, with_givers
from mandat.web.keys import key_of
from mandat.web.simulating import Simulated

NEW, GRANT, PREVIEW, REVOKE = (f"mandat/web/firm/{page}.html" for page in ("new_user", "grant", "preview", "revoke"))
UNPROCESSABLE = 422
#: How many drafts a revocation recalls by name.
RECALLED = 10


@require_http_methods(["GET", "HEAD", "POST"])
def new_user(request: Request, firm: UUID) -> HttpResponse:
    """Ask who the new user is, then make them one."""
    form = UserForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _made(request, form)
        except EmailOfAnother:
            form.add_error(
                "email", _("Cette adresse est déjà celle d’une personne d’un autre nom. Vérifiez-la avec elle.")
            )
        except AlreadyGranted:
            form.add_error("email", _("Cette personne est déjà parmi les utilisateurs de la firme."))
    key = request.POST.get("key") or uuid4()
    return render(request, NEW, {"form": form, "key": key}, status=UNPROCESSABLE if form.errors else 200)


def _made(request: Request, form: UserForm) -> HttpResponse:
    given = {name: form.cleaned_data[name] for name in ("given_name", "family_name", "email", "language")}
    is_external = form.cleaned_data["place"] == OUTSIDE
    try:
        made = create_user(
            key=key_of(request), enterprise=request.firm, is_external=is_external, by=request.actor, **given
        )
    except IdempotencyConflict:
        messages.warning(request, _("Cette page a déjà servi. Voici les personnes de la firme."))
        return redirect("firm:accesses", request.firm.public_id)
    if made.invitation is None:
        messages.success(request, _("C’est fait. Cette personne entre déjà ici : elle garde son code d’utilisateur."))
    else:
        messages.success(request, _("C’est fait. Remettez-lui maintenant son code d’utilisateur."))
    return redirect("firm:person", request.firm.public_id, made.user.person.public_id)


@require_POST
def renew_invitation(request: Request, firm: UUID, person: UUID) -> HttpResponse:
    """Send a new link to somebody who has not activated their access; the former opens nothing any more."""
    invitation = _invitation_or_404(request, person)
    try:
        reissue_invitation(invitation_id=invitation.public_id, by=request.actor)
    except MoveNotAllowed:
        messages.info(request, _("Ce lien vient de servir ou d’être remplacé."))
    else:
        messages.success(request, _("Un nouveau lien part par courriel. Le précédent n’ouvre plus rien."))
    return redirect("firm:person", firm, person)


@require_POST
def cancel(request: Request, firm: UUID, person: UUID) -> HttpResponse:
    """End an invitation that waits: its link opens nothing any more. What the person may do is revoked apart."""
    try:
        cancel_invitation(invitation_id=_invitation_or_404(request, person).public_id, by=request.actor)
    except MoveNotAllowed:
        messages.info(request, _("Ce lien vient de servir ou d’être remplacé."))
    else:
        messages.success(request, _("L’invitation est annulée. Son lien n’ouvre plus rien."))
    return redirect("firm:person", firm, person)


def _invitation_or_404(request: Request, person: UUID) -> Invitation:
    """
    Return the invitation of somebody that waits and that the reader may renew: an RSE a user’s, an RA an RSE’s.

    :raises Http404: if there is none
    """
    waiting = pending_invitations(request.firm.pk).filter(person__public_id=person)
    return get_object_or_404(waiting.filter(channel__in=channels_of(request)))


@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: Request, firm: UUID, person: UUID) -> HttpResponse:
    """Ask what to give a user, show what it will let them do, then give it. The preview is a page like another."""
    someone = _user_or_404(request, person)
    registration = registrations_with_regulator(request.firm).filter(state="active").first()
    form = _grant_form(request, someone, registration, is_sent=request.method == "POST")
    if request.method == "POST" and registration and form.is_valid():
        try:
            return _granted(request, someone, registration, form)
        except AlreadyGranted:
            form = _grant_form(request, someone, registration)  # without the blocks given meanwhile
            form.full_clean()
            form.add_error(
                None, _("Une procuration vient d’être donnée dans un de ces blocs. Voyez ce qui reste à donner.")
            )
    context = {"form": form, "someone": someone, "standing": _standing(request, someone), "key": uuid4()}
    context |= {"registration": registration}
    if form.is_bound and form.is_valid() and request.method != "POST" and "edit" not in request.GET:
        context |= {"asked": request.GET.urlencode(), "simulated": _simulated(request, someone, registration, form)}
        return render(request, PREVIEW, context | _previewed(form))
    return render(request, GRANT, context, status=UNPROCESSABLE if form.errors else 200)


def _user_or_404(request: Request, person: UUID) -> Person:
    """
    Return a user of the firm to whom the reader may give something: nobody gives to themselves.

    :raises Http404: if there is none
    """
    user = get_object_or_404(users_of(request.firm, request.at), person__public_id=person)
    if user.person == request.actor.person:
        raise Http404
    return user.person


def _grant_form(
    request: Request, someone: Person, registration: ServiceRegistration | None, *, is_sent: bool = False
) -> GrantForm:  # fmt: skip
    """Return the form: what is left to give, or, once it is sent, all that could be: a twin reads as the first did."""
    asked = request.POST if request.method == "POST" else request.GET
    today = legal_day(request.at)
    held = standing_proxies(request.firm, request.at).filter(person=someone).values_list("block", flat=True)
    free = set(registration.accepted_blocks if registration else []) - (set() if is_sent else set(held))
    blocks = entries("block", today).filter(code__in=free)
    suggested = {each: asked.getlist(each) for each in free if each in asked}  # by the page that led here
    return GrantForm(
        asked if "until" in asked else None, blocks=blocks, today=today, longest=last_day_of_a_proxy(today),
        initial=suggested,
    )  # fmt: skip


def _granted(request: Request, someone: Person, registration: ServiceRegistration, form: GrantForm) -> HttpResponse:
    try:
        grant_proxies(
            key=key_of(request), registration=registration, person=someone, rights=form.rights(),
            until=form.cleaned_data["until"], by=request.actor,
        )  # fmt: skip
    except NotAUser as gone:
        raise Http404 from gone
    except IdempotencyConflict:
        messages.warning(request, _("Cette page a déjà servi. Voici ce que cette personne peut faire."))
    else:
        messages.success(request, _("C’est fait. Un courriel part à %(person)s.") % {"person": someone})
    return redirect("firm:person", request.firm.public_id, someone.public_id)


def _simulated(
    request: Request, someone: Person, registration: ServiceRegistration | None, form: GrantForm
) -> Simulated | None:  # fmt: skip
    """Return what the proxies of a form would change."""
    if registration is None:
        return None
    end, at = end_of(form.cleaned_data["until"]), request.at
    supposed = [if_granted(registration, rights, block=code, end=end, at=at) for code, rights in form.rights().items()]
    return Simulated(simulate(someone, request.firm, supposed, at), at)


def _previewed(form: GrantForm) -> dict[str, Any]:
    named = {each.code: each for each in form.blocks}
    given = form.rights()
    binding = {Right.SIGN, Right.PAY}
    return {
        "given": [(named[code], [right for right in Right if right in rights]) for code, rights in given.items()],
        "until": form.cleaned_data["until"],
        "binds": [each.label for each in Right if each in binding and any(each in rights for rights in given.values())],
    }


def _standing(request: Request, someone: Person) -> list[Any]:
    return with_givers(in_blocks(request, standing_proxies(request.firm, request.at).filter(person=someone)))


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: Request, firm: UUID, proxy: UUID) -> HttpResponse:
    """Say what depends on a proxy, then take it back."""
    found = get_object_or_404(Proxy.objects.select_related("person").filter(enterprise=request.firm), public_id=proxy)
    if found.person is None:
        raise Http404  # an organisation's proxy is not revoked here
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return _revoked(request, found, found.person, form.cleaned_data["reason"])
    if found.revoked_at or found.during.upper <= request.at:
        messages.info(request, _("Cette procuration est déjà terminée."))
        return redirect("firm:person", firm, found.person.public_id)
    context = {"form": form, "proxy": found, "block_name": block_name(found.block, request.at)}
    context |= _depending_on(request, found, found.person)
    return render(request, REVOKE, context, status=UNPROCESSABLE if form.errors else 200)


def _revoked(request: Request, proxy: Proxy, holder: Person, reason: str) -> HttpResponse:
    try:
        revoke_proxy(proxy_id=proxy.public_id, reason=reason, by=request.actor)
    except AlreadyRevoked:
        messages.info(request, _("Cette procuration était déjà révoquée."))
    else:
        said = _("La procuration est révoquée. %(person)s ne peut plus s’en servir, dès maintenant.")
        messages.success(request, said % {"person": holder})
    return redirect("firm:person", request.firm.public_id, holder.public_id)


def _depending_on(request: Request, proxy: Proxy, holder: Person) -> dict[str, Any]:
    """Return what a revocation leaves behind: drafts that this person began, and who else may go on with them."""
    drafts = Filing.objects.filter(
        registrant__service_registration__enterprise=request.firm, block=proxy.block, begun_by=holder,
        state__in=OPEN_TO_CHANGE,
    )  # fmt: skip
    if proxy.subject:
        drafts = drafts.filter(public_id=proxy.subject)
    others = {
        right: list(people_who_can(request.firm, right, proxy.block, request.at).exclude(pk=holder.pk)[:RECALLED])
        for right in (Right.PREPARE, Right.SIGN)
        if right in proxy.rights
    }
    return {"drafts": drafts.select_related("registrant")[:RECALLED], "others": list(others.items())}
