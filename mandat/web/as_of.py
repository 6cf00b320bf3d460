"""Pages that show what stands on a day, today unless another is asked for."""

from datetime import date

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from mandat.platform import clock


class DayForm(forms.Form):
    """The day to look at."""

    on = forms.DateField(
        label=gettext_lazy("À la date du"),
        help_text=gettext_lazy("Année, mois, jour : 2026-11-23"),
        required=False,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Cette date n’existe pas. Écrivez-la comme ceci : 2026-11-23.")},
    )


def asked_of(kind: type[DayForm], request: HttpRequest) -> tuple[DayForm, date]:
    """Return the form as it was asked, and its day: today, unless it says otherwise and well."""
    today = clock.legal_day(clock.now())
    given = request.GET.copy()
    if not given.get("on"):
        given["on"] = today.isoformat()
    form = kind(given)
    form.full_clean()
    return form, form.cleaned_data.get("on") or today
