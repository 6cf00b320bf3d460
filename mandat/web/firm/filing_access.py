"""Who has access to one filing and nothing else: the list, and the proxy that an RSE gives on it."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mandat.access.commands import AlreadyGranted, AssuranceTooLow, NotAUser, grant_on_one
from mandat.access.commands.proxies import last_day_of_a_proxy
from mandat.access.queries import users_of
from mandat.access.rights import Right
from mandat.enterprises.models import User
from mandat.filings.models import Filing
from mandat.identity.models import Person
from mandat.platform.clock import legal_day
from mandat.platform.idempotency import IdempotencyConflict
from mandat.web.asking import Request
from mandat.web.firm.access_forms import last_day_field, refuse_a_day_out_of_reach
from mandat.web.firm.accesses import on_one_filing
from mandat.web.firm.filings import opened
from mandat.web.keys import key_of

PAGE, PREVIEW = (f"mandat/web/firm/{page}.html" for page in ("filing_access", "filing_access_preview"))
UNPROCESSABLE = 422
GIVEN = (Right.VIEW, Right.PREPARE, Right.SIGN)


class OneFilingForm(forms.Form):
    """To whom, which rights, until when."""

    person = forms.ModelChoiceField(
        label=gettext_lazy("Personne"), queryset=User.objects.none(), to_field_name="public_id",
        empty_label=gettext_lazy("Choisissez une personne"),
        error_messages={
            "required": gettext_lazy("Choisissez la personne."),
            "invalid_choice": gettext_lazy("Cette personne n’est plus parmi les utilisateurs de la firme."),
        },
    )  # fmt: skip
    rights_given = forms.MultipleChoiceField(
        label=gettext_lazy("Droits"), choices=[(each.value, each.label) for each in GIVEN],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Sur cette demande seulement. Préparer ou signer comprend consulter."),
        error_messages={"required": gettext_lazy("Cochez au moins un droit.")},
    )  # fmt: skip

    def __init__(self, *args: Any, users: QuerySet[User], today: date, longest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.longest = today, longest
        person = self.fields["person"]
        if isinstance(person, forms.ModelChoiceField):
            person.queryset = users
            person.label_from_instance = lambda obj: str(obj.person)  # type: ignore[method-assign]
        self.fields["until"] = last_day_field(today, longest)

    def clean_until(self) -> date:
        """
        Return the last day.

        :raises ValidationError: if it is past, or later than a proxy may last
        """
        until: date = self.cleaned_data["until"]
        refuse_a_day_out_of_reach(until, today=self.today, longest=self.longest)
        return until

    def rights(self) -> list[Right]:
        """Return the rights given: one views what one prepares or signs."""
        return sorted({Right.VIEW, *map(Right, self.cleaned_data["rights_given"])})


@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: Request, firm: UUID, filing: UUID) -> HttpResponse:
    """Ask whom to let act on a filing, show what it will let them do, then give it."""
    found = opened(request, filing).filing
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            return _granted(request, found, form)
        except AlreadyGranted:
            form.add_error(
                "person", _("Cette personne a déjà une procuration sur cette demande. Changez-la, ou révoquez-la.")
            )
        except AssuranceTooLow:
            form.add_error("rights_given", _("Entrez avec un second facteur pour donner ces droits."))
    context = {"filing": found, "form": form, "key": request.POST.get("key") or uuid4()}
    if form.is_bound and form.is_valid() and request.method != "POST" and "edit" not in request.GET:
        given = {
            "someone": form.cleaned_data["person"].person,
            "rights": form.rights(),
            "until": form.cleaned_data["until"],
        }
        return render(request, PREVIEW, context | given | {"asked": request.GET.urlencode()})
    context["standing"] = on_one_filing(request, found.public_id)
    return render(request, PAGE, context, status=UNPROCESSABLE if form.errors else 200)


def _form(request: Request) -> OneFilingForm:
    asked, today = request.POST if request.method == "POST" else request.GET, legal_day(request.at)
    users = users_of(request.firm, request.at).exclude(person=request.actor.person)
    return OneFilingForm(
        asked if "until" in asked else None, users=users, today=today, longest=last_day_of_a_proxy(today)
    )


def _granted(request: Request, filing: Filing, form: OneFilingForm) -> HttpResponse:
    someone: Person = form.cleaned_data["person"].person
    registration = filing.registrant.service_registration
    if registration is None:
        raise Http404
    try:
        grant_on_one(
            key=key_of(request), registration=registration, person=someone,
            block=filing.block, rights=form.rights(), until=form.cleaned_data["until"], subject=filing.public_id,
            by=request.actor,
        )  # fmt: skip
    except NotAUser as gone:
        raise Http404 from gone
    except IdempotencyConflict:
        messages.warning(request, _("Cette page a déjà servi. Voici qui a accès à cette demande."))
    else:
        messages.success(request, _("C’est fait. Un courriel part à %(person)s.") % {"person": someone})
    return redirect("firm:filing", request.firm.public_id, filing.public_id)
