"""A new password, typed twice, which its owner may look at while typing: with no script, by sending the page."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandat.identity.models import Login
from mandat.identity.passwords import LongEnough, check_new_password

#: The button that shows what is typed, or hides it.
SHOW = "show"
AS_TYPED = {"autocomplete": "new-password", "autocapitalize": "none", "spellcheck": "false"}


def typed_password(label: Any, *, missing: Any) -> forms.CharField:
    """Return a field of a new password. Its length is judged by the policy, in whole words."""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, strip=False, widget=widget, error_messages={"required": missing})


class NewPasswordForm(forms.Form):
    """A password typed twice, besides what else a page asks."""

    password = typed_password(gettext_lazy("Nouveau mot de passe"), missing=gettext_lazy("Choisissez un mot de passe."))
    again = typed_password(
        gettext_lazy("Le même mot de passe, encore une fois"),
        missing=gettext_lazy("Tapez le mot de passe une seconde fois."),
    )
    #: Of firms, of which a password is not to be made.
    words: Collection[str] = ()

    def __init__(self, request: HttpRequest, *, login: Login, **more: Any) -> None:
        self.is_looking = SHOW in request.POST
        is_sent = request.method == "POST" and not self.is_looking
        typed = request.POST.dict() if self.is_looking else None
        super().__init__(request.POST if is_sent else None, initial=typed, **more)
        self.login, self.is_shown = login, request.POST.get("shown", "") == "1"
        if self.is_looking:
            self.is_shown = request.POST[SHOW] == "1"
        self._dress()

    def _dress(self) -> None:
        self.fields["password"].help_text = LongEnough().get_help_text(self.login)
        for name in ("password", "again"):
            plain, hidden = forms.TextInput(attrs=AS_TYPED), forms.PasswordInput(render_value=self.is_looking)
            hidden.attrs["autocomplete"] = "new-password"
            self.fields[name].widget = plain if self.is_shown else hidden

    def clean(self) -> dict[str, Any]:
        """Compare the two passwords, and ask of them what is asked of any."""
        password, again = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if password and again and password != again:
            self.add_error("again", _("Les deux mots de passe diffèrent. Tapez deux fois le même."))
        elif password:
            try:
                check_new_password(password, self.login, words=self.words)
            except ValidationError as weak:
                self.add_error("password", weak)
        return self.cleaned_data
