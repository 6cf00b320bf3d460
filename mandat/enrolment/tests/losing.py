"""Losing a second factor, and the gestures of the way back."""

import re
from datetime import UTC, datetime

from mandat.enrolment.commands import (
    code_to_hand_over,
    replace_factor,
    report_lost_factor,
    start_reproof,
)
from mandat.enrolment.models import Reproof
from mandat.identity.models import Login
from mandat.identity.new_factor import NewApplication
from mandat.identity.second_factor import code_of, secret_of, step_at
from mandat.identity.tests.people import PASSWORD, SECRET
from mandat.platform.clock import now
from mandat.platform.models import Mail

NOON = datetime(2026, 11, 23, 17, 0, 5, tzinfo=UTC)
ANOTHER = "une tout autre phrase, bien à moi"
NEW = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
LINK = re.compile(r"/entrer/preuve/(\S+)")


def whose(login: Login):
    return login.links.get().person


def lose(login, *, password=False) -> Reproof:
    return report_lost_factor(login=login, forgot_password=password)


def start(reproof, by, **more) -> Reproof:
    return start_reproof(reproof_id=reproof.public_id, words="Vue en personne.", by=by, **more)


def link_to(login, subject=0) -> str:
    mails = Mail.objects.filter(to=login.email, text__contains="/entrer/preuve/").order_by("-id")
    return LINK.search(mails[subject].text)[1]


def replace(login, reproof, *, token=None, second=None, password=PASSWORD, secret=NEW, code=None):
    new = NewApplication(secret, code or code_of(secret, step_at(now())))
    return replace_factor(
        token=token or link_to(login), second=second or code_to_hand_over(reproof), password=password, new=new
    )


def is_untouched(login) -> bool:
    return secret_of(login) == SECRET and Login.objects.get(pk=login.pk).check_password(PASSWORD)
