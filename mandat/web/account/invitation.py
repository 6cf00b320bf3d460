"""The invitation to add a passkey, for those whom the policy invites and who have not declined it."""

from django.http import HttpRequest

from mandat.access.asked import policy_for
from mandat.identity.models import Login, Person
from mandat.identity.second_factor import factors_of
from mandat.platform.clock import now

#: Kept in the session at the sign-in: no page asks the database for it.
INVITED = "invited_to_passkey"


def invite(request: HttpRequest, *, login: Login, person: Person) -> None:
    """Keep in the session that its person is to be invited, if they are."""
    if login.passkey_declined_at is None and policy_for(person, now()).invites(factors_of(login)):
        request.session[INVITED] = True
