"""Proving again who one is, before an act that asks for it; then finding again what was typed."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.generic.edit import FormView

from mandat.access.asked import policy_for
from mandat.identity.actor import Method
from mandat.identity.commands import prove_passkey
from mandat.identity.factor_policy import Factor
from mandat.identity.passkeys import PasskeyRefused, Purpose
from mandat.identity.second_factor import means_of
from mandat.web.account.ceremonies import answered, asked_to_prove
from mandat.web.account.forms import CodeAgainForm
from mandat.web.account.session import prove_again
from mandat.web.account.views import Corrected, codes_of, send_to, ways
from mandat.web.asking import Request
from mandat.web.proof import act_of, typed_for, with_next


def means_to_prove(request: Request) -> tuple[Factor, ...]:
    """Return with what the person may prove themselves again, the strongest first."""
    actor = request.actor
    return policy_for(actor.person, request.at).to_prove(means_of(actor.login))


@method_decorator(never_cache, name="dispatch")
class ProveAgain(Corrected, FormView):
    """A second factor, once more: a passkey first, for whoever has one."""

    form_class = CodeAgainForm
    template_name = "mfa/reauthenticate.html"
    extra_context = {"is_passkey_refused": False}
    request: Request

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Learn with what the person may prove themselves."""
        super().setup(request, *args, **kwargs)
        self.means = means_to_prove(self.request) if self.request.actor else ()

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return what the form needs: whose code it is, and of which factors."""
        return super().get_form_kwargs() | {"user": self.request.actor.login, "among": codes_of(self.means)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the page offers, and what for."""
        onward = get_next_redirect_url(self.request) or ""
        typed = typed_for(self.request, onward)
        shown = {
            "act": act_of(typed) if typed else "",
            "form_action": with_next("mfa_reauthenticate", onward),
            "passkey_action": with_next("passkey_reauthenticate", onward),
            "send_action": with_next("mfa_send_code_again", onward),
        }
        return shown | ways(self.means) | super().get_context_data(**kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        """Go back to what asked for the proof, in a session under a new id."""
        form.save()  # type: ignore[attr-defined]
        return proven(self.request)


class PasskeyAgain(ProveAgain):
    """A passkey, once more."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        login = self.request.actor.login
        try:
            ceremony, answer = answered(request, Purpose.STEP_UP)
            prove_passkey(ceremony=ceremony, answer=answer, login=login)
        except PasskeyRefused:
            return self.passkey_refused(CodeAgainForm(user=login, among=codes_of(self.means)))
        record_authentication(request, login, "mfa", type=str(Method.PASSKEY), reauthenticated=True)
        return proven(self.request)


def proven(request: Request) -> HttpResponse:
    """Keep that the person has just proven who they are, and lead back to the act, with what was typed for it."""
    prove_again(request, by=request.actor)
    onward = get_next_redirect_url(request)
    if onward and typed_for(request, onward):
        return redirect(with_next("account_resume", onward))
    return redirect(onward or get_login_redirect_url(request))


@never_cache
@require_POST
def ask_again(request: Request) -> HttpResponse:
    """Ask a browser for a passkey of the person's."""
    return asked_to_prove(request, Purpose.STEP_UP, request.actor.login)


@never_cache
@require_POST
def send_code_again(request: Request) -> HttpResponse:
    """Send a code by e-mail, to somebody who may prove themselves so."""
    if Factor.EMAIL in means_to_prove(request):
        send_to(request, request.actor.login, request.actor.person)
    return redirect(with_next("mfa_reauthenticate", get_next_redirect_url(request) or ""))


@never_cache
@require_safe
def resume(request: Request) -> HttpResponse:
    """Offer again, word for word, what was typed before the proof; nothing is done yet."""
    onward = get_next_redirect_url(request) or ""
    typed = typed_for(request, onward)
    if typed is None:
        return redirect(onward or get_login_redirect_url(request))
    context = {"address": typed["address"], "fields": typed["fields"], "act": act_of(typed)}
    return render(request, "account/resume.html", context)
