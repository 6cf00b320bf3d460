"""What a person is called and how they are written to: their name, their language, their e-mail address."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mandat.access.queries import effective_rses, enterprises_of
from mandat.identity.commands import SameEmail, TooManyChanges, ask_for_email, choose_language
from mandat.identity.models import EmailChange, Person
from mandat.web.asking import Request
from mandat.web.person.sessions import prove_first

PAGE, EMAIL, SENT = (f"mandat/web/person/{page}.html" for page in ("profile", "email", "email_sent"))
UNPROCESSABLE = 422
#: Firms whose responsibles are named on the page: a person who acts for two hundred knows whom to ask.
NAMED = 3


class LanguageForm(forms.Form):
    """The language of mails."""

    language = forms.ChoiceField(
        label=gettext_lazy("Langue de vos courriels"),
        choices=settings.LANGUAGES,
        widget=forms.Select(attrs={"class": "short"}),
    )


class EmailForm(forms.Form):
    """Another address."""

    email = forms.EmailField(
        label=gettext_lazy("Nouveau courriel"),
        help_text=gettext_lazy("Un lien y sera envoyé. Rien ne change tant que vous ne l’avez pas ouvert."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Tapez la nouvelle adresse."),
            "invalid": gettext_lazy("Cette adresse n’est pas complète. Elle ressemble à nom@exemple.ca."),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: Request) -> HttpResponse:
    """Show a person what they are called and how they are written to, or write to them in another language."""
    person, login = request.actor.person, request.actor.login
    form = LanguageForm(request.POST if request.method == "POST" else None, initial={"language": person.language})
    if form.is_bound and form.is_valid():
        return say_language(request, form.cleaned_data["language"])
    waiting = login.email_changes.filter(state=EmailChange.State.ASKED, expires_at__gt=request.at).first()
    context = {"form": form, "login": login, "waiting": waiting, "helpers": helpers_of(request)}
    return render(request, PAGE, context, status=UNPROCESSABLE if form.errors else 200)


def say_language(request: Request, language: str) -> HttpResponse:
    """Keep the language, and say so in it."""
    choose_language(language=language, by=request.actor)
    with translation.override(language):
        messages.success(request, _("C’est noté : nous vous écrivons maintenant dans cette langue."))
        return redirect("account:profile")


def helpers_of(request: Request) -> list[tuple[Any, list[Person]]]:
    """Return a person's first firms, each with who is in charge of its electronic services."""
    firms = enterprises_of(request.actor.person, request.at)[:NAMED]
    found = [(firm, effective_rses(firm, request.at).exclude(pk=request.actor.person.pk)) for firm in firms]
    return [(firm, list(people)) for firm, people in found]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def email(request: Request) -> HttpResponse:
    """Ask for another address, and mail it a link; one page follows, whatever the address serves already."""
    if asked := prove_first(request):
        return asked
    form = EmailForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            ask_for_email(email=form.cleaned_data["email"], by=request.actor)
            return redirect("account:email_sent")
        except SameEmail:
            form.add_error("email", _("C’est déjà votre adresse."))
        except TooManyChanges:
            form.add_error("email", _("Vous en avez demandé plusieurs aujourd’hui. Recommencez demain."))
    context = {"form": form, "login": request.actor.login}
    return render(request, EMAIL, context, status=UNPROCESSABLE if form.errors else 200)


@require_safe
def email_sent(request: Request) -> HttpResponse:
    """Say that a message has gone to the new address, and what to do with it."""
    return render(request, SENT)
