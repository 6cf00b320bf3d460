"""Changing one's password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mandat.access.queries import enterprises_of
from mandat.identity.commands import WrongPassword, change_password
from mandat.web.account.forms import password_field
from mandat.web.account.limits import count_attempt
from mandat.web.account.new_password import NewPasswordForm
from mandat.web.asking import Request


class PasswordChangeForm(NewPasswordForm):
    """The present password, and the next one, twice."""

    current = password_field()
    field_order = ("current", "password", "again")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["current"].label = gettext_lazy("Mot de passe actuel")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: Request) -> HttpResponse:
    """Ask for the present password and the next one, then change it: the other sessions end with the old one."""
    form = PasswordChangeForm(request, login=request.actor.login)
    form.words = [each.name for each in enterprises_of(request.actor.person, request.at)]
    if form.is_bound and form.is_valid():
        try:
            return _changed(request, form)
        except WrongPassword:
            form.add_error("current", _("Ce n’est pas votre mot de passe actuel."))
    return render(request, "mandat/web/person/password.html", {"form": form}, status=422 if form.errors else 200)


def _changed(request: Request, form: PasswordChangeForm) -> HttpResponse:
    login, said = request.actor.login, form.cleaned_data
    usage = count_attempt(request, key=f"login:{login.pk}", login=login)
    changed = change_password(
        current=said["current"], new=said["password"], session=request.own_session, by=request.actor
    )
    usage.rollback()
    update_session_auth_hash(request, changed)
    messages.success(request, _("Le mot de passe est changé. Vos autres sessions sont fermées."))
    return redirect("account:factors")
