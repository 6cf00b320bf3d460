"""
Going on after the end of a session: why it ended, and a form sent too late.

What was typed in a form that was sent after the end is kept for its person, who finds it again once back in; passwords,
codes and files never are. Somebody else who enters through the same browser finds nothing.
"""

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from mandat.identity.models import Ending

LEFT, LEFT_BY, KEPT_FORM = "left", "left_by", "kept_form"
#: More than any of our forms holds; what is longer is not kept, and the page says so.
LONGEST = 200_000

WHY = {
    Ending.IDLE: _("Votre session a pris fin après un temps sans activité."),
    Ending.EXPIRED: _("Votre session avait atteint sa durée maximale."),
    Ending.ENDED_ELSEWHERE: _("Votre session a été fermée depuis une autre."),
    Ending.SUSPENDED: _("Votre accès est suspendu. Parlez-en au RSE de la firme ou au régulateur."),
    Ending.RELINKED: _("Ce code d’utilisateur est passé à une autre personne."),
    Ending.PASSWORD_CHANGED: _("Votre mot de passe a changé : entrez avec le nouveau."),
    Ending.FACTOR_CHANGED: _("Vos façons d’entrer ont changé : entrez de nouveau."),
    Ending.EMAIL_CHANGED: _("Votre courriel a changé : entrez de nouveau."),
    Ending.RECOVERED: _("Votre accès a été récupéré : entrez de nouveau."),
    Ending.REPLACED: _("Vous êtes entré de nouveau dans ce navigateur."),
}


def note_end(request: HttpRequest, *, person: str, ending: Ending) -> None:
    """Keep, in a browser whose session has just ended, why, and whose it was."""
    request.session[LEFT], request.session[LEFT_BY] = str(ending), person


def _keep_form(request: HttpRequest) -> None:
    """Keep what was typed in a form that was refused because the session of its person had ended."""
    person = request.session.get(LEFT_BY)
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    fields = [(name, value) for name, value in sent if name != "csrfmiddlewaretoken"]
    is_short = sum(len(name) + len(value) for name, value in fields) <= LONGEST
    if person and fields and is_short and not any(_is_secret(name) for name, _value in fields):
        request.session[KEPT_FORM] = {
            "person": person, "path": request.get_full_path(), "fields": fields, "has_files": bool(request.FILES),
        }  # fmt: skip


def _is_secret(name: str) -> bool:
    return name == "code" or "password" in name


def why_left(request: HttpRequest) -> str:
    """Return, once, why the session of this browser ended."""
    left = request.session.pop(LEFT, "")
    return str(WHY.get(Ending(left), "")) if left in Ending.values else ""


def kept_form(request: HttpRequest, *, person: str) -> dict[str, Any] | None:
    """Return the form that a person sent after the end of their session, if there is one; another's is thrown away."""
    kept: dict[str, Any] | None = request.session.get(KEPT_FORM)
    if kept is not None and kept["person"] != person:
        forget_form(request)
        return None
    return kept


def forget_form(request: HttpRequest) -> None:
    """Throw away what was kept of a form."""
    request.session.pop(KEPT_FORM, None)


def forget_what_is_sent_again(request: HttpRequest) -> None:
    """Throw away what was kept of a form once it comes again: whatever its page answers, it shows what was typed."""
    kept = request.session.get(KEPT_FORM) if request.method == "POST" else None
    if kept is not None and kept["path"] == request.get_full_path():
        forget_form(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page, and from there back to the page, or to what was typed. A refresh is only refused."""
    if "HX-Request" in request.headers:
        return HttpResponse(status=401)
    if request.method == "POST":
        _keep_form(request)
    if KEPT_FORM in request.session:
        onward = resolve_url("account:resume")
    elif request.method in {"GET", "HEAD"}:
        onward = request.get_full_path()
    else:
        onward = page_before(request)
    return redirect_to_login(onward, resolve_url("account_login"))


def page_before(request: HttpRequest) -> str:
    """Return the page that a form was sent from: its own address may answer nothing but forms."""
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return urlsplit(came_from).path if came_from and is_ours else resolve_url("account:home")
