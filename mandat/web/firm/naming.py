"""The RA puts somebody in charge of the firm's accesses, or replaces who was: the effects are read, then it is done."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mandat.access.commands import AlreadyGranted, AlreadyRevoked, LastRSE
from mandat.access.queries import designations_of, users_of
from mandat.enrolment.commands.naming import name_rse
from mandat.enrolment.errors import EmailOfAnother, ReplacedByThemselves
from mandat.enrolment.models import LANGUAGES
from mandat.enrolment.reading import Named
from mandat.enterprises.models import Designation, Enterprise, Role
from mandat.identity.models import LoginLink, canonical_email
from mandat.platform.clock import AppNow
from mandat.platform.idempotency import IdempotencyConflict
from mandat.web.asking import Request
from mandat.web.firm.depending import Resting, what_rests_on
from mandat.web.firm.ending import CAUSES, in_words
from mandat.web.firm.guards import guard_of
from mandat.web.keys import key_of

ASK, CONFIRM = "mandat/web/firm/name_rse.html", "mandat/web/firm/name_rse_confirm.html"
UNPROCESSABLE = 422
_MISSING = gettext_lazy("Remplissez ce champ.")


def _line(label: Any, *, longest: int = 100, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=label, max_length=longest, error_messages={"required": _MISSING}, **({"widget": widget} | more)
    )


class NamingForm(forms.Form):
    """Who is to be in charge, where the letter goes, and in whose place."""

    given_name = _line(gettext_lazy("Prénom"))
    family_name = _line(gettext_lazy("Nom de famille"))
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
        label=gettext_lazy("Langue des messages"), choices=LANGUAGES, widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez la langue des messages.")},
    )  # fmt: skip
    street = _line(
        gettext_lazy("Adresse où la lettre doit arriver"), longest=150,
        help_text=gettext_lazy("La lettre porte la seconde partie de son secret d’activation. Numéro, rue, bureau."),
    )  # fmt: skip
    city = _line(gettext_lazy("Ville"))
    province = _line(gettext_lazy("Province ou État, et pays"))
    postal_code = _line(
        gettext_lazy("Code postal"), longest=12,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
    )  # fmt: skip
    replaces = forms.ChoiceField(
        label=gettext_lazy("À la place de quelqu’un?"), widget=forms.RadioSelect, required=False,
        help_text=gettext_lazy("La place de la personne remplacée prend fin en même temps."),
        error_messages={
            "invalid_choice": gettext_lazy("Cette personne n’est plus responsable. Choisissez de nouveau.")
        },
    )  # fmt: skip
    cause = forms.ChoiceField(
        label=gettext_lazy("Pourquoi ce remplacement?"), choices=[("", gettext_lazy("Sans objet")), *CAUSES],
        required=False, help_text=gettext_lazy("Seulement si quelqu’un est remplacé."),
    )  # fmt: skip

    def __init__(self, *args: Any, firm: Enterprise, at: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.held = {
            str(each.public_id): each
            for each in designations_of(firm, at).filter(role=Role.RSE).select_related("enterprise")
        }
        asked = self.fields["replaces"]
        assert isinstance(asked, forms.ChoiceField)  # noqa: S101 - for the reader of types
        asked.choices = [
            ("", _("Non : une personne de plus")),
            *((key, each.person) for key, each in self.held.items()),
        ]

    def clean(self) -> None:
        """Ask why somebody is replaced."""
        if self.cleaned_data.get("replaces") and not self.cleaned_data.get("cause"):
            self.add_error("cause", _("Dites pourquoi cette personne est remplacée."))

    @property
    def named(self) -> Named:
        """Return who is named."""
        said = {name: self.cleaned_data[name] for name in ("given_name", "family_name", "language")}
        return Named(**said, email=canonical_email(self.cleaned_data["email"]))

    @property
    def address(self) -> list[str]:
        """Return the lines of the letter."""
        street, city, province, code = (
            self.cleaned_data[name] for name in ("street", "city", "province", "postal_code")
        )
        return [str(self.named), street, f"{city} ({province})", code]

    @property
    def former(self) -> Designation | None:
        """Return whose place is taken."""
        return self.held.get(self.cleaned_data.get("replaces", ""))


@require_http_methods(["GET", "HEAD", "POST"])
def name(request: Request, firm: UUID) -> HttpResponse:
    """Ask who is to be in charge; then say what follows from it; then do it."""
    is_sent = request.method == "POST"
    form = NamingForm(
        request.POST if is_sent else None, firm=request.firm, at=request.at, initial=_suggested(request)
    )  # fmt: skip
    if not (is_sent and form.is_valid()):
        return _asked(request, form)
    if "confirmed" not in request.POST:
        return render(request, CONFIRM, _effects(request, form))
    if "edit" in request.POST:
        return _asked(request, form)
    try:
        made = name_rse(
            key=key_of(request), enterprise=request.firm, named=form.named, address=form.address, by=request.actor,
            replaces=form.former.public_id if form.former else None,
            reason=in_words(form.cleaned_data["cause"], "") if form.former else "",
        )  # fmt: skip
    except (EmailOfAnother, AlreadyGranted, ReplacedByThemselves, AlreadyRevoked, LastRSE) as refused:
        form.add_error(*_in_the_way(refused))
        return _asked(request, form)
    except IdempotencyConflict:
        messages.warning(request, _("Cette page a déjà servi. Voici les personnes de la firme."))
        return redirect("firm:accesses", firm)
    messages.success(request, _("C’est fait : %(person)s est responsable.") % {"person": made.person})
    return redirect("firm:person", firm, made.person.public_id)


def _in_the_way(refused: Exception) -> tuple[str, str]:
    """Return the field that a refusal is about, and what to do."""
    said = {
        EmailOfAnother: (
            "email", _("Cette adresse est déjà celle d’une personne d’un autre nom. Vérifiez-la avec elle.")
        ),
        AlreadyGranted: ("email", _("Cette personne est déjà responsable. Nommez quelqu’un d’autre.")),
        ReplacedByThemselves: ("replaces", _("Personne ne se remplace soi-même. Choisissez quelqu’un d’autre.")),
        AlreadyRevoked: ("replaces", _("Cette personne n’est plus responsable. Choisissez de nouveau.")),
        LastRSE: (
            "replaces", _("Il ne resterait pas assez de responsables. Désignez d’abord une personne de plus.")
        ),
    }  # fmt: skip
    return said[type(refused)]


def _asked(request: Request, form: NamingForm) -> HttpResponse:
    context = {"form": form, "key": request.POST.get("key") or uuid4(), "guard": guard_of(request.firm, request.at)}
    return render(request, ASK, context, status=UNPROCESSABLE if form.errors else 200)


def _effects(request: Request, form: NamingForm) -> dict[str, Any]:
    former = form.former
    resting: Resting | None = what_rests_on(former.person, request.firm, request.at) if former else None
    return {
        "form": form, "key": request.POST.get("key"), "named": form.named, "address": form.address, "former": former,
        "why": in_words(form.cleaned_data["cause"], ""), "resting": resting,
        "guard": guard_of(request.firm, request.at),
    }  # fmt: skip


def _suggested(request: Request) -> dict[str, str]:
    """Return what is known of a user of the firm whom the page before named, to spare the typing."""
    suggested, asked = {"replaces": request.GET.get("replaces", "")}, _uuid(request.GET.get("person"))
    user = users_of(request.firm, request.at).filter(person__public_id=asked).first() if asked else None
    if user is None:
        return suggested
    link = LoginLink.objects.filter(person=user.person, during__contains=AppNow()).select_related("login").first()
    return suggested | {
        "given_name": user.person.given_name, "family_name": user.person.family_name,
        "language": user.person.language, "email": link.login.email if link else "",
    }  # fmt: skip


def _uuid(typed: str | None) -> UUID | None:
    try:
        return UUID(typed or "")
    except ValueError:
        return None
