"""The steps of a sign-in after the password. Until the last is passed, nobody is signed in."""

from allauth.account.stages import LoginStage
from django.http import HttpResponse
from django.shortcuts import redirect

from mandat.identity.second_factor import has_second_factor


class SetUpStage(LoginStage):
    """A login without a second factor sets one up before anything else."""

    key = "set_up_second_factor"
    urlname = "mfa_activate_totp"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Return the page to go to, if this step is still to be passed."""
        if has_second_factor(self.login.user):
            return None, True
        return redirect(self.urlname), True
