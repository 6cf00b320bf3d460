"""What is asked of a person who signs in, or proves again who they are."""

from collections.abc import Collection
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mandat.identity.actor import Method
from mandat.identity.commands import check_second_factor, set_up_second_factor
from mandat.identity.factor_policy import Factor
from mandat.identity.guesses import FactorLocked, TooManyGuesses
from mandat.identity.models import Login
from mandat.identity.second_factor import WrongCode
from mandat.web.account.limits import count_attempt, too_many

WRONG_CODE = _(
    "Ce code n’est pas le bon, ou il a déjà servi. "
    "Attendez que votre application en affiche un autre, puis recommencez."
)
LOCKED = _(
    "Trop de codes faux se sont suivis : ces codes n’ouvrent plus rien. "
    "Entrez par un autre moyen, ou adressez-vous à la personne qui vous a donné accès."
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


class CodeForm(forms.Form):
    """A code of the second factor."""

    code = code_field(
        label=_("Code de validation"),
        hint=_("Les six chiffres que votre application affiche en ce moment, ou l’un de vos codes de secours."),
    )
    is_again = False

    def __init__(self, *args: Any, user: Login, among: Collection[Factor], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.login, self.among = user, among
        if Factor.EMAIL in among:
            self.fields["code"].help_text = _("Les huit chiffres du courriel que vous venez de recevoir.")
        elif Factor.TOTP not in among:
            self.fields["code"].label = _("Code de secours")
            self.fields["code"].help_text = _("L’un de ceux que vous avez gardés. Chacun sert une fois.")

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
        except FactorLocked as locked:
            raise ValidationError(LOCKED) from locked
        except TooManyGuesses as many:
            raise ImmediateHttpResponse(too_many(context.request, many)) from many
        usage.rollback()
        return code

    def accept(self, code: str) -> str:
        """
        Return the method that a code proves.

        :raises WrongCode: if it proves none
        """
        return check_second_factor(login=self.login, code=code, among=self.among)

    def save(self) -> None:
        """Keep in the session what was proven."""
        again = True if self.is_again else None
        record_authentication(context.request, self.login, "mfa", type=str(self.method), reauthenticated=again)


class CodeAtEntryForm(CodeForm):
    """A code of the second factor, and whether this device is to be remembered, where the policy lets it."""

    def __init__(self, *args: Any, hours: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if hours:
            self.fields["remember"] = forms.BooleanField(
                required=False,
                label=_("Ne plus demander de code sur cet appareil pendant %(hours)d heures") % {"hours": hours},
                help_text=_("Seulement si vous êtes seul à vous en servir. Signer demandera quand même un code."),
            )


class CodeAgainForm(CodeForm):
    """A code of the second factor, once more."""

    is_again = True


class SetUpForm(CodeForm):
    """The first code of a new application: the proof that it holds its key."""

    code = code_field(label=_("Code de validation"), hint=_("Les six chiffres que l’application affiche maintenant."))
    is_again = True  # the password and a code have both just been given

    def __init__(self, *args: Any, secret: str, methods: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, among=(Factor.TOTP,), **kwargs)
        self.secret, self.methods = secret, methods

    def accept(self, code: str) -> str:
        """
        Set the second factor up, and return its method.

        :raises WrongCode: if the code is not the key’s
        :raises HasFactors: if the login has one already, which was not proven
        """
        set_up_second_factor(login=self.login, secret=self.secret, code=code, methods=self.methods)
        return str(Method.TOTP)


class NameForm(forms.Form):
    """What its holder calls a passkey."""

    name = forms.CharField(
        label=_("Nom de la clé"),
        help_text=_("Pour la reconnaître parmi d’autres. Exemple : Téléphone, Portable du bureau."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
