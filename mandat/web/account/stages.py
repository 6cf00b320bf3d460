"""The steps of a sign-in after the password. Until the last is passed, nobody is signed in."""

from collections.abc import Collection

from allauth.account.internal.flows.login import record_authentication
from allauth.account.stages import LoginStage
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from mandat.identity.actor import Method
from mandat.identity.devices import is_remembered
from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.second_factor import factors_of, means_of
from mandat.platform.clock import now
from mandat.web.account.session import methods_proven
from mandat.web.account.standing import policy_at_sign_in


class ProveStage(AuthenticateStage):
    """A login proves a second factor, unless a passkey was proof of both, or this device is remembered."""

    def _should_handle(self, request: HttpRequest) -> bool:
        login = self.login.user
        policy = policy_at_sign_in(login)
        methods = methods_proven(request, login)
        is_proven = Method.PASSKEY in methods or is_enough_from_outside(methods, policy)
        if is_proven or not policy.to_prove(means_of(login)):
            return False
        token = request.COOKIES.get(settings.REMEMBERED_COOKIE_NAME, "")
        if policy.remembers_devices and is_remembered(login, token, now()):
            record_authentication(request, login, "mfa", type=str(Method.REMEMBERED_DEVICE))
            return False
        return True


def is_enough_from_outside(methods: Collection[str], policy: FactorPolicy) -> bool:
    """Return whether an outside provider, trusted by the operator for that, proved what the policy asks of a person."""
    resists = Method.OUTSIDE_PHISHING_RESISTANT in methods
    is_double = resists or Method.OUTSIDE_TWO_FACTORS in methods
    return (resists and policy.accepts(Factor.PASSKEY)) or (is_double and policy.accepts(Factor.TOTP))


class SetUpStage(LoginStage):
    """A login without what the policy asks of its person sets it up before anything else."""

    key = "set_up_second_factor"
    urlname = "mfa_activate_totp"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Return the page to go to, if this step is still to be passed."""
        if policy_at_sign_in(self.login.user).is_met_by(factors_of(self.login.user)):
            return None, True
        return redirect(self.urlname), True
