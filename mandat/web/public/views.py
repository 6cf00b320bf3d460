"""Pages for everyone, without an account."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mandat.platform.clock import legal_day, now
from mandat.reference.queries import policy
from mandat.web.block_catalogue import catalogue
from mandat.web.frame import is_demo
from mandat.web.theme import theme

#: The colours that the design page shows, by their names.
TOKENS = (
    "ground", "surface", "sunken", "line", "edge", "ink", "text", "text-2", "action", "action-soft", "due", "due-soft",
    "bad", "bad-soft", "good", "good-soft", "focus",
)  # fmt: skip


class ExampleForm(forms.Form):
    """One field of each kind, for the design page."""

    neq = forms.CharField(
        label=gettext_lazy("Numéro d’entreprise du Québec (NEQ)"), help_text=gettext_lazy("10 chiffres."),
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Précisions"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    basis = forms.ChoiceField(
        label=gettext_lazy("À quel titre"), widget=forms.RadioSelect, required=False,
        choices=[("office", gettext_lazy("En raison de ses fonctions")), ("mandate", gettext_lazy("Par un mandat"))],
    )  # fmt: skip

    def clean_neq(self) -> str:
        """
        Return what was typed.

        :raises ValidationError: always, so that the page shows an error
        """
        raise ValidationError(_("Un NEQ compte dix chiffres et commence par 11, 22, 33 ou 88."))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the two doors, and what to expect behind each."""
    return render(request, "mandat/web/public/home.html")


@require_safe
def checklist(request: HttpRequest) -> HttpResponse:
    """Show what to have in hand before enrolling a firm."""
    return render(request, "mandat/web/public/checklist.html")


@require_safe
def theme_sheet(request: HttpRequest) -> HttpResponse:
    """Give out the sheet of the regulator's colours; its address changes with it."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse(theme().css, content_type="text/css; charset=utf-8", headers=headers)


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show what these pages are made of, each piece in its states; in a demonstration only."""
    if not is_demo():
        raise Http404
    form = ExampleForm({"neq": "4499999013"})
    form.full_clean()
    return render(request, "mandat/web/public/design.html", {"example": form, "tokens": TOKENS})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show what was done, and checked, so that everyone can use these pages."""
    return render(request, "mandat/web/public/accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Show what the program keeps about people who visit and sign in."""
    kept = policy("last-use-days", legal_day(now()))
    return render(request, "mandat/web/public/privacy.html", {"last_use_days": kept})


@require_safe
def blocks(request: HttpRequest) -> HttpResponse:
    """Show the functional blocks: what each opens, by which rights, in which version."""
    return render(request, "mandat/web/public/blocks.html", {"blocks": catalogue(legal_day(now()))})
