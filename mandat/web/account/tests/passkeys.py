"""A browser whose holder has a passkey: what the page’s script does, done by hand."""

import json

from mandat.identity.passkeys import Purpose, ask_to_register
from mandat.identity.tests.authenticator import Passkey
from mandat.platform.clock import now


def given(login, *, policy, **made) -> Passkey:
    """Return a passkey that a login has."""
    from mandat.identity.commands import add_passkey

    passkey = Passkey(**made)
    options, ceremony = ask_to_register(login, name="Éloïse Tremblay", at=now())
    add_passkey(
        login=login, ceremony=ceremony, answer=passkey.made(options), name="Mon téléphone", policy=policy,
        methods=[Purpose.ENTER, "webauthn"],
    )  # fmt: skip
    return passkey


def sends(client, passkey, where, *, onward="", does="get", fields=None, **forged):
    """Ask for a challenge as the script does, answer it, and send the form."""
    asked = client.post(f"{where}/defi")
    assert asked.status_code == 200, (asked.status_code, asked.headers.get("Location"))
    answer = (passkey.proven if does == "get" else passkey.made)(asked.json(), **forged)
    return client.post(f"{where}{onward}", {"credential": json.dumps(answer)} | (fields or {}))
