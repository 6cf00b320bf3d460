"""What is asked of a person who signs in, or proves again who they are."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mandat.identity.commands import check_second_factor, set_up_second_factor
from mandat.identity.models import Login
from mandat.identity.second_factor import WrongCode
from mandat.web.account.limits import count_attempt

WRONG_CODE = _(
    "Ce code n’est pas le bon, ou il a déjà servi. "
    "Attendez que votre application en affiche un autre, puis recommencez."
)


def password_field() -> forms.CharField:
    """Return the field of a present password."""
    widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
    return forms.CharField(label=_("Mot de passe"), strip=False, widget=widget)


def code_field(*, label: Any, hint: Any) -> forms.CharField:
    """Return the field of a one-time code."""
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "class": "short"}
    return forms.CharField(label=label, help_text=hint, max_length=20, widget=forms.TextInput(attrs=attributes))


class SignInForm(allauth_forms.LoginForm):
    """A user code or an e-mail address, and a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("Code d’utilisateur ou courriel"),
            help_text=_("Votre code ressemble à KTR-7M2-Q9X. Les traits d’union et les majuscules ne comptent pas."),
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        )
        self.fields["password"] = password_field()

    def clean(self) -> dict[str, Any]:
        """Try the login and its password; say what is wrong at the field."""
        try:
            super().clean()
        except ValidationError as refused:
            self.add_error("login", refused)
        return self.cleaned_data


class PasswordForm(allauth_forms.ReauthenticateForm):
    """The password, once more."""

    password = password_field()


class CodeForm(forms.Form):
    """A code of the second factor."""

    code = code_field(
        label=_("Code de validation"),
        hint=_("Les six chiffres que votre application affiche en ce moment, ou l’un de vos codes de secours."),
    )
    is_again = False

    def __init__(self, *args: Any, user: Login, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.login = user

    def clean_code(self) -> str:
        """
        Try the code, and count the attempt.

        :raises ValidationError: if it proves nothing
        """
        usage = count_attempt(context.request, key=f"second-factor:{self.login.pk}", login=self.login)
        code: str = self.cleaned_data["code"]
        try:
            self.method = self.accept(code)
        except WrongCode as wrong:
            raise ValidationError(WRONG_CODE) from wrong
        usage.rollback()
        return code

    def accept(self, code: str) -> str:
        """
        Return the method that a code proves.

        :raises WrongCode: if it proves none
        """
        return check_second_factor(login=self.login, code=code)

    def save(self) -> None:
        """Keep in the session what was proven."""
        again = True if self.is_again else None
        record_authentication(context.request, self.login, "mfa", type=str(self.method), reauthenticated=again)


class CodeAgainForm(CodeForm):
    """A code of the second factor, once more."""

    is_again = True


class SetUpForm(CodeForm):
    """The first code of a new second factor: the proof that the application holds its key."""

    code = code_field(label=_("Code de validation"), hint=_("Les six chiffres que l’application affiche maintenant."))
    is_again = True  # the password and a code have both just been given

    def __init__(self, *args: Any, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.secret = secret

    def accept(self, code: str) -> str:
        """
        Set the second factor up, and return its method.

        :raises WrongCode: if the code is not the key’s
        """
        set_up_second_factor(login=self.login, secret=self.secret, code=code)
        return "totp"
