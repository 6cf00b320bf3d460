"""What we are, for programs: exactly what we do, and nothing that we do not."""

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from mandat.identity.actor import Assurance
from mandat.openid import jose
from mandat.openid.asking import PROMPTS
from mandat.openid.commands.keys import published_keys
from mandat.openid.models import AuthMethod
from mandat.openid.scopes import CLAIMS, Scope
from mandat.openid.tokens import ACR, issuer
from mandat.platform.clock import now
from mandat.web.asking import Request

AN_HOUR = "public, max-age=3600"
#: Facts about the sign-in, in every ID token.
OF_THE_SIGN_IN = ("iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash")


@require_safe
def configuration(request: Request) -> HttpResponse:
    """Say where everything is, and what is served (OpenID Connect Discovery 1.0, RFC 8414, RFC 9207)."""
    methods = [each.value for each in AuthMethod]
    proofs = {f"{name}_endpoint_auth_methods_supported": methods for name in ("token", "revocation", "introspection")}
    algorithms = {
        f"{name}_endpoint_auth_signing_alg_values_supported": list(jose.OF_CLIENTS)
        for name in ("token", "revocation", "introspection")
    }
    return _kept_an_hour({
        "issuer": issuer(),
        **{f"{name}_endpoint": _address(view) for name, view in ENDPOINTS.items()},
        "jwks_uri": _address("keys"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [jose.OURS],
        "code_challenge_methods_supported": ["S256"],
        **proofs,
        **algorithms,
        "authorization_response_iss_parameter_supported": True,
        "scopes_supported": [each.value for each in Scope],
        "claims_supported": [*(claim for each in CLAIMS.values() for claim in each), *OF_THE_SIGN_IN],
        "claim_types_supported": ["normal"],
        "acr_values_supported": [acr for each, acr in ACR.items() if each != Assurance.ONE_FACTOR],
        "prompt_values_supported": list(PROMPTS),
        "ui_locales_supported": ["fr-CA", "en-CA"],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    })  # fmt: skip


@require_safe
def keys(request: Request) -> HttpResponse:
    """Publish the keys that verify what we sign: the one in use, the next, and those just retired."""
    return _kept_an_hour({"keys": published_keys(now())})


ENDPOINTS = {
    "authorization": "authorize",
    "token": "token",
    "userinfo": "userinfo",
    "revocation": "revoke",
    "introspection": "introspect",
    "end_session": "leave",
}


def _address(view: str) -> str:
    return settings.PUBLIC_URL + reverse(f"openid:{view}")


def _kept_an_hour(body: dict[str, object]) -> HttpResponse:
    answer = JsonResponse(body)
    answer["Cache-Control"] = AN_HOUR
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
