"""The paper route: for whom it is, a form of one's own to fill in on a screen or in ink, and where to send it."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mandat.enrolment.commands import issue_form
from mandat.enrolment.models import LANGUAGES, DesignationForm, Enrolment
from mandat.enrolment.paper.questions import REASONS
from mandat.enrolment.paper.templates import pdf_of, template_of_the_day
from mandat.platform.clock import legal_day, now
from mandat.reference.queries import entry, policy
from mandat.web.account.limits import address_of, count_attempt
from mandat.web.asking import Request
from mandat.web.keys import key_of
from mandat.web.public.held import ENROLMENTS, UNPROCESSABLE, code_to_show

START, FORM = "mandat/web/public/paper_start.html", "mandat/web/public/paper_form.html"


class PaperForm(forms.Form):
    """In which language, and where to write to if anywhere."""

    language = forms.ChoiceField(
        label=gettext_lazy("Langue du formulaire"),
        choices=LANGUAGES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez la langue du formulaire.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Votre courriel"),
        help_text=gettext_lazy("Pour recevoir le numéro et le code de suivi, et savoir où en est le formulaire."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": gettext_lazy("Indiquez une adresse de courriel complète, comme nom@exemple.ca."),
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Request) -> HttpResponse:
    """Say who may use the paper route, and hand out a form."""
    if request.method != "POST":
        return _start(request, PaperForm(initial={"language": get_language() or "fr"}), uuid4())
    key, form = key_of(request), PaperForm(request.POST)
    if not form.is_valid():
        return _start(request, form, key)
    email = form.cleaned_data["email"]
    count_attempt(request, key=f"enrolment-begun:{email.casefold() or address_of(request)}")
    issued = issue_form(key=key, template=template_of_the_day(form.cleaned_data["language"]), email=email)
    ENROLMENTS.hold(request, issued.form.enrolment, code=issued.code)
    return redirect("public:paper_form", issued.form.enrolment.public_id)


def _start(request: Request, form: PaperForm, key: UUID) -> HttpResponse:
    context = {"form": form, "key": key, "reasons": [label for _code, label in REASONS], **_where_to()}
    return render(request, START, context, status=UNPROCESSABLE if form.errors else 200)


def _where_to() -> dict[str, Any]:
    today = legal_day(now())
    desk = entry("contact", "enrolment-desk", today)
    return {"desk": desk, "post": desk.values.get("post", ""), "days": policy("paper-form-days", today)}


@require_safe
@ENROLMENTS.for_holders
def form(request: Request, enrolment: Enrolment) -> HttpResponse:
    """Show a form that was handed out: its number, its follow-up code the first time, and where to send it."""
    found = _form_of(enrolment)
    context = {"form": found, "enrolment": enrolment, "code": code_to_show(request, enrolment), **_where_to()}
    return render(request, FORM, context)


@require_safe
@ENROLMENTS.for_holders
def form_file(request: Request, enrolment: Enrolment) -> HttpResponse:
    """Give out the form itself."""
    found = _form_of(enrolment)
    name = f'attachment; filename="formulaire-{enrolment.number}.pdf"'
    return HttpResponse(pdf_of(found), content_type="application/pdf", headers={"Content-Disposition": name})


def _form_of(enrolment: Enrolment) -> DesignationForm:
    forms_of = DesignationForm.objects.select_related("template__file", "enrolment")
    return get_object_or_404(forms_of, enrolment=enrolment)
