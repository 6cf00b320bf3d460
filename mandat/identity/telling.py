"""How the holder of a login is written to about their access: in their language, at the address of the login."""

from datetime import datetime
from typing import Any

from django.conf import settings

from mandat.identity import user_code
from mandat.identity.models import Login
from mandat.identity.queries import link_of
from mandat.platform.mail import queue_mail, write
from mandat.platform.models import Mail

#: What begins the key of each mail about a lost access, so that they can be counted.
KEY = "access of"


def tell_login(template: str, login: Login, *, key: str, **said: Any) -> None:
    """Order a message of `templates/mandat/identity/mail` in the current transaction; the same key orders it once."""
    link = link_of(login)
    if link is None:
        return
    language = link.person.language
    site = settings.PUBLIC_URL + ("/en" if language == "en" else "")
    known = {"person": link.person, "code": user_code.grouped(login.user_code), "site": site}
    words = write(f"mandat/identity/mail/{template}", language=language, context=known | said)
    queue_mail(
        key=f"{KEY} {login.public_id} {key}", to=login.email, subject=words.subject, text=words.text, language=language
    )


def told_since(login: Login, since: datetime) -> int:
    """Return how many messages about a lost access were ordered for a login since an instant."""
    return Mail.objects.filter(key__startswith=f"{KEY} {login.public_id} ", ordered_at__gte=since).count()
