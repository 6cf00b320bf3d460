"""What may be done with a password."""

from django.db import transaction

from mandat.identity.actor import Actor
from mandat.identity.commands.devices import forget_all_devices
from mandat.identity.commands.sessions import end_sessions_of_login
from mandat.identity.devices import Ending as Forgetting
from mandat.identity.events import PasswordChanged
from mandat.identity.models import Ending, Login, Session
from mandat.platform.events import publish


class WrongPassword(Exception):
    """This is not the password of the login."""


@transaction.atomic
def change_password(*, current: str, new: str, session: Session, by: Actor) -> Login:
    """
    Give one’s login another password, once validated: its other sessions end, and its devices are forgotten.

    :raises WrongPassword: if the current one is not this
    """
    login = Login.objects.select_for_update(of=["self"]).get(pk=by.login.pk)
    if not login.check_password(current):
        raise WrongPassword
    login.set_password(new)
    login.save(update_fields=["password"])
    forget_all_devices(login=login, ending=Forgetting.FACTOR_CHANGED)
    end_sessions_of_login(login=login, ending=Ending.PASSWORD_CHANGED, but=session)
    publish(PasswordChanged(login=str(login.public_id)))
    return login
