"""An applicant at their browser."""

import re
import uuid

from django.test import Client

from mandat.enrolment.models import Enrolment
from mandat.enrolment.steps import STEPS
from mandat.enrolment.tests.world import ANSWERS
from mandat.platform.models import Mail

CODE = re.compile(r"(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}")


class Applicant:
    """Drives the pages of one enrolment."""

    def __init__(self):
        self.browser = Client()

    def begin(self, email="demande@demo.test", key=None) -> Enrolment:
        answer = self.browser.post("/inscription", {"key": key or uuid.uuid4(), "email": email})
        assert answer.status_code == 302, answer.content.decode()
        return Enrolment.objects.latest("id")

    def place(self, enrolment, page="") -> str:
        return f"/inscription/{enrolment.public_id}{page}"

    def get(self, enrolment, page=""):
        return self.browser.get(self.place(enrolment, page))

    def send(self, enrolment, page="", **sent):
        return self.browser.post(self.place(enrolment, page), sent)

    def answer(self, enrolment, code, revision=None, **said):
        step = next(each for each in STEPS if each.code == code)
        typed = {name: ANSWERS[name] for name in step.base_fields if name in ANSWERS}
        now = Enrolment.objects.get(pk=enrolment.pk)
        sent = typed | said | {"revision": now.revision if revision is None else revision}
        return self.send(enrolment, f"/etape/{code}", **sent)

    def fill(self, enrolment, **said) -> Enrolment:
        for step in STEPS:
            self.answer(enrolment, step.code, **{name: said[name] for name in step.base_fields if name in said})
        return Enrolment.objects.get(pk=enrolment.pk)

    def submit(self, enrolment, key=None, **sent):
        now = Enrolment.objects.get(pk=enrolment.pk)
        sent = {"key": key or uuid.uuid4(), "revision": now.revision, "consent": "on"} | sent
        return self.send(enrolment, "/verifier", **sent)

    def submitted(self, **said) -> Enrolment:
        enrolment = self.fill(self.begin(), **said)
        assert self.submit(enrolment).status_code == 302
        return Enrolment.objects.get(pk=enrolment.pk)


def code_mailed_for(enrolment) -> str:
    return CODE.search(Mail.objects.get(key=f"enrolment {enrolment.public_id} begun").text)[0]
