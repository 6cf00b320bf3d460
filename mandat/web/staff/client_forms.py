"""What a supervisor says of a service that has persons sign in with us."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mandat.enterprises.models import ServiceProvider
from mandat.openid.addresses import Fault, fault_of, host_of, is_local
from mandat.openid.client_keys import KeysPrivate, KeysRefused, public_keys_in
from mandat.openid.commands.clients import Description
from mandat.openid.models import AuthMethod, Client
from mandat.openid.scopes import Scope
from mandat.web.templatetags.words import provider_name

MOST_ADDRESSES = 20
#: What is wrong with an address, and what to do.
FAULTS = {
    Fault.MALFORMED: _("L’adresse %(address)s n’est pas complète ou contient un signe qui n’y va pas. Écrivez-la toute, en minuscules pour le nom du serveur."),  # noqa: E501
    Fault.NOT_HTTPS: _("L’adresse %(address)s doit commencer par https://. Seul http://localhost est accepté, pour un essai."),  # noqa: E501
    Fault.FRAGMENT: _("L’adresse %(address)s contient un dièse. Retirez-le, et ce qui le suit."),
    Fault.WILDCARD: _("L’adresse %(address)s contient un astérisque. Écrivez chaque adresse en entier : elle est comparée signe par signe."),  # noqa: E501
    Fault.USERINFO: _("L’adresse %(address)s contient un nom ou un mot de passe. Retirez ce qui précède l’arobas."),
    Fault.DOTS: _("L’adresse %(address)s contient un détour (« . » ou « .. »). Écrivez-la sans détour."),
    Fault.OUR_ANSWER: _("L’adresse %(address)s contient déjà l’un des mots de notre réponse (code, state, iss, error). Retirez-le."),  # noqa: E501
}  # fmt: skip
SHOWN_KEY = _(
    "Une clé privée est dans ce texte : elle est maintenant connue. Faites-en une autre, et ne donnez que sa "
    "partie publique."
)
NO_KEYS = _(
    "Ce n’est pas un ensemble de clés que nous acceptons. Il est fait de clés publiques JWK, dans une liste « keys »."
)
TOO_MANY = _("Il y a trop d’adresses : vingt au plus.")


class AddressesField(forms.CharField):
    """Addresses, one a line."""

    def __init__(self, **more: Any) -> None:
        attributes = {"rows": 3, "spellcheck": "false", "autocapitalize": "none", "class": "code"}
        super().__init__(max_length=12_000, widget=forms.Textarea(attrs=attributes), **more)

    def clean(self, value: Any) -> list[str]:
        """
        Return the addresses, each once.

        :raises ValidationError: telling of each that is not accepted
        """
        given = list(dict.fromkeys(super().clean(value).split()))
        if len(given) > MOST_ADDRESSES:
            raise ValidationError(TOO_MANY)
        refuse_faults(given)
        return given


def refuse_faults(addresses: list[str]) -> None:
    """
    Refuse addresses that we send nobody to.

    :raises ValidationError: telling of each
    """
    faults = [(each, _fault(each)) for each in addresses]
    if wrong := [ValidationError(FAULTS[fault] % {"address": each}) for each, fault in faults if fault]:
        raise ValidationError(wrong)


def _fault(address: str) -> Fault | None:
    """Return what is wrong with an address; one on a machine of one's own is for a deployment there."""
    fault = fault_of(address)
    return Fault.NOT_HTTPS if fault is None and settings.IS_HTTPS and is_local(address) else fault


class ClientForm(forms.Form):
    """A service: its names, its addresses, what it may ask to know."""

    name_fr = forms.CharField(
        label=_("Nom en français"), max_length=100,
        help_text=_("Tel que les personnes le liront avant d’y entrer."),
        error_messages={"required": _("Donnez le nom du service en français.")},
    )  # fmt: skip
    name_en = forms.CharField(
        label=_("Nom en anglais"),
        max_length=100,
        error_messages={"required": _("Donnez le nom du service en anglais.")},
    )
    redirect_uris = AddressesField(
        label=_("Adresses de retour"),
        help_text=_("Où la personne revient une fois entrée. Une par ligne, en entier, toutes sur le même serveur."),
        error_messages={"required": _("Donnez au moins une adresse de retour.")},
    )
    post_logout_redirect_uris = AddressesField(
        label=_("Adresses après la sortie"), required=False,
        help_text=_("Où la personne peut revenir une fois sortie. Une par ligne."),
    )  # fmt: skip
    backchannel_logout_uri = forms.CharField(
        label=_("Adresse où annoncer une sortie"), required=False, max_length=500,
        help_text=_("Notre serveur y avise le vôtre, en quelques secondes, quand une session prend fin."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none", "class": "code"}),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=_("Ce que le service peut demander à savoir"), required=False,
        help_text=_("Chaque personne accepte, ou non. Un identifiant propre au service est toujours donné."),
        choices=[(each.value, each.label) for each in Scope if each != Scope.OPENID],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    jwks = forms.CharField(
        label=_("Clés publiques du service"), required=False, max_length=20_000, empty_value="",
        help_text=_("Seulement s’il se prouve par une clé privée : un ensemble de clés JWK, RSA de 2048 bits ou plus, ou P-256."),  # noqa: E501
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "code"}),
    )  # fmt: skip

    def __init__(self, *args: Any, method: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method = method

    def clean_redirect_uris(self) -> list[str]:
        """
        Return the addresses to return to.

        :raises ValidationError: if they have several hosts
        """
        given: list[str] = self.cleaned_data["redirect_uris"]
        if len({host_of(each) for each in given}) > 1:
            raise ValidationError(_("Ces adresses ont plusieurs serveurs. Enregistrez un service pour chacun."))
        return given

    def clean_backchannel_logout_uri(self) -> str:
        """
        Return the address to tell of a logout.

        :raises ValidationError: if it is not one that we send anything to
        """
        given: str = self.cleaned_data["backchannel_logout_uri"]
        refuse_faults([given] if given else [])
        return given

    def clean_jwks(self) -> dict[str, Any]:
        """
        Return the keys, if any.

        :raises ValidationError: if they are none that we accept
        """
        given: str = self.cleaned_data["jwks"]
        try:
            return public_keys_in(given) if given.strip() else {}
        except KeysPrivate as private:
            raise ValidationError(SHOWN_KEY) from private
        except KeysRefused as refused:
            raise ValidationError(NO_KEYS) from refused

    def clean(self) -> dict[str, Any]:
        """Ask for keys where the service proves itself by them."""
        given = super().clean() or self.cleaned_data
        method = given.get("auth_method", self.method)
        if method == AuthMethod.KEY and "jwks" in given and not given["jwks"]:
            self.add_error("jwks", _("Donnez les clés publiques du service : c’est par elles qu’il se prouve."))
        return given

    def described(self) -> Description:
        """Return what was said."""
        given = self.cleaned_data
        method = given.get("auth_method", self.method)
        names = ("name_fr", "name_en", "redirect_uris", "post_logout_redirect_uris", "backchannel_logout_uri", "scopes")
        return Description(auth_method=method, jwks=given["jwks"], **{name: given[name] for name in names})


class NewClientForm(ClientForm):
    """A new service, also: whose it is, and how it proves itself."""

    auth_method = forms.ChoiceField(
        label=_("Comment le service se prouve"), choices=AuthMethod, widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choisissez comment le service se prouve.")),
    )  # fmt: skip
    provider = forms.ModelChoiceField(
        label=_("Prestataire de services"), queryset=ServiceProvider.objects.none(), to_field_name="code",
        empty_label=None,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Dites quel prestataire tient ce service.")),
    )  # fmt: skip
    field_order = ["provider", "name_fr", "name_en", "redirect_uris", "post_logout_redirect_uris",
                   "backchannel_logout_uri", "scopes", "auth_method", "jwks"]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        providers: Any = self.fields["provider"]
        providers.queryset = ServiceProvider.objects.order_by("code")
        providers.label_from_instance = provider_name


def initial_of(client: Client) -> dict[str, Any]:
    """Return a client as its form is first shown."""
    return {
        "name_fr": client.name_fr,
        "name_en": client.name_en,
        "redirect_uris": "\n".join(client.redirect_uris),
        "post_logout_redirect_uris": "\n".join(client.post_logout_redirect_uris),
        "backchannel_logout_uri": client.backchannel_logout_uri,
        "scopes": client.scopes,
        "jwks": json.dumps(client.jwks, indent=1) if client.jwks else "",
    }
