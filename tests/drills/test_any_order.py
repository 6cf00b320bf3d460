"""
SE-7: whatever the order of pages and however stale the links, no password and no factor is replaced without all steps.

A machine makes moves at random: it asks, opens, guesses, uses links old and new, has helpers confirm, stops and waits. A
model keeps what a right completion takes; the rest must leave password and factor as they were.
"""

import re
import uuid

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, seed
from hypothesis import settings as bounds
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from mandat.access.tests.factories import DesignationFactory, EnterpriseFactory, UserFactory, actor
from mandat.enrolment.commands import code_to_hand_over, refuse_reproof, start_reproof
from mandat.enrolment.models import Reproof
from mandat.identity.commands import mail_password_link
from mandat.identity.models import Login, Tries
from mandat.identity.second_factor import recovery_codes, secret_of
from mandat.identity.tests.people import PASSWORD, SECRET, login_with_second_factor
from mandat.platform.models import Mail
from mandat.platform.workflow import MoveNotAllowed

LINK = re.compile(r"(/entrer/(?:mot-de-passe|preuve)/[\w-]{43})")
ANOTHER = "une tout autre phrase, bien à moi"
MOST_STEPS = 10


class AnyOrder(RuleBasedStateMachine):
    """Everybody’s moves, in any order, none of them complete."""

    def __init__(self):
        super().__init__()
        self.save = transaction.atomic()
        self.save.__enter__()
        self.login = login_with_second_factor(email=f"{uuid.uuid4().hex}@exemple.test")
        firm = EnterpriseFactory()
        UserFactory(enterprise=firm, person=self.login.links.get().person)
        self.rse = actor(DesignationFactory(enterprise=firm).person)
        self.browser = Client()
        self.codes = ["000000", "BBBB-BBBB-BBBB", self.login.user_code]

    def teardown(self):
        transaction.set_rollback(True)
        self.save.__exit__(None, None, None)

    def links(self):
        texts = Mail.objects.filter(to=self.login.email).order_by("id").values_list("text", flat=True)
        return [link for text in texts for link in LINK.findall(text)] or [
            "/entrer/mot-de-passe/rien",
            "/entrer/preuve/rien",
        ]

    def post(self, address, **said):
        Tries.objects.all().delete()  # the limits are tried elsewhere: here they would only hide
        return self.browser.post(address, said)

    @rule()
    def asks_for_a_link(self):
        mail_password_link(login_id=self.login.pk)

    @rule(knows=st.booleans())
    def enters_the_password(self, knows):
        self.post("/entrer", login=self.login.email, password=PASSWORD if knows else "non")

    @rule()
    def says_that_the_factor_is_lost(self):
        self.post("/entrer/code/perdu")

    @rule(which=st.integers(0, 9), page=st.sampled_from(["", "/arreter", "/second-facteur-perdu", "/bureau"]))
    def opens_or_sends_any_page_of_any_link(self, which, page):
        links = self.links()
        self.browser.get(links[which % len(links)] + page)
        if page:
            self.post(links[which % len(links)] + page)

    @rule(which=st.integers(0, 9), code=st.integers(0, 9), password=st.sampled_from([PASSWORD, ANOTHER, ""]))
    def sends_a_link_without_its_other_part(self, which, code, password):
        """With codes of other things, the password, a new password: never the code of this link."""
        links = self.links()
        wrong = self.codes[code % len(self.codes)]
        self.post(links[which % len(links)], code=wrong, second=wrong, password=password, again=password)

    @rule(confirms=st.booleans())
    def the_rse_answers(self, confirms):
        reproof = Reproof.objects.filter(login=self.login).order_by("-id").first()
        if reproof is None:
            return
        try:
            if confirms:
                start_reproof(reproof_id=reproof.public_id, words="Vue.", by=self.rse)
            else:
                refuse_reproof(reproof_id=reproof.public_id, words="Non.", by=self.rse)
        except MoveNotAllowed:
            return

    @precondition(lambda self: Reproof.objects.filter(login=self.login, state="started").exists())
    @rule(which=st.integers(0, 9), secret_is_lost=st.booleans())
    def sends_the_code_handed_over_with_a_wrong_password(self, which, secret_is_lost):
        """Everything but the password, or with a password that nobody allowed to replace."""
        reproof = Reproof.objects.filter(login=self.login, state="started").get()
        if reproof.forgot_password:
            return  # both parts and a new password: all the steps there are
        links = self.links()
        address = links[which % len(links)]
        self.post(address, second=code_to_hand_over(reproof), password=ANOTHER, again=ANOTHER, code="000000")

    @invariant()
    def nothing_was_replaced_and_nobody_is_in(self):
        login = Login.objects.get(pk=self.login.pk)
        assert login.check_password(PASSWORD)
        assert secret_of(login) == SECRET
        assert len(recovery_codes(login)) > 0
        assert self.browser.get("/compte/").status_code == 302
        assert settings.PASSWORD_HASHERS


@pytest.mark.django_db
@pytest.mark.drill("SE-7")
def test_no_order_of_pages_replaces_a_password_or_a_factor_without_all_steps(drill):
    machine = bounds(
        max_examples=drill.size(3, full=20_000), stateful_step_count=MOST_STEPS, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    seed(7)(AnyOrder)
    run_state_machine_as_test(AnyOrder, settings=machine)
