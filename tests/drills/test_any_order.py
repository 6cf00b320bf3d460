"""
SE-7: whatever the order of pages and however stale the links, no password and no factor is replaced without all steps.

A machine makes moves at random: it asks, opens, guesses, uses links old and new, has helpers confirm, stops, changes the
address and back, tries an invitation, has the RSE leave. None of these moves is complete, or it comes too late: whatever
their order, the password, the factor and the invited access must stay as they were.
"""

import re
import uuid
from contextlib import suppress

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, seed
from hypothesis import settings as bounds
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from mandat.access.tests.factories import DesignationFactory, EnterpriseFactory, UserFactory, actor
from mandat.enrolment.commands import code_to_hand_over, create_user, refuse_reproof, replace_factor, start_reproof
from mandat.enrolment.errors import ReproofUnusable, WrongPassword, WrongSecondPart
from mandat.enrolment.models import Reproof
from mandat.identity.commands import TooManyChanges, ask_for_email, mail_password_link
from mandat.identity.factor_policy import Factor
from mandat.identity.models import Login, Tries
from mandat.identity.new_factor import NewApplication
from mandat.identity.second_factor import code_of, factors_of, recovery_codes, secret_of, step_at
from mandat.identity.tests.people import PASSWORD, SECRET, acting, login_with_second_factor
from mandat.platform.clock import now
from mandat.platform.models import Mail
from mandat.platform.workflow import MoveNotAllowed

LINK = re.compile(r"(/(?:entrer/mot-de-passe|entrer/preuve|courriel/confirmer|courriel/annuler|activer)/[\w-]{43})")
PAGES = ["", "/cle", "/cle/defi", "/arreter", "/second-facteur-perdu", "/bureau", "/decliner"]
ANOTHER = "une tout autre phrase, bien à moi"
ANOTHER_SECRET = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
MOST_STEPS = 10


def invited_to(firm, *, by):
    """Return the login of somebody whom an RSE has just invited."""
    return create_user(
        key=uuid.uuid4(), enterprise=firm, given_name="Marc", family_name="Roy", language="fr", is_external=False,
        email=f"{uuid.uuid4().hex}@exemple.test", by=by,
    ).login  # fmt: skip


class AnyOrder(RuleBasedStateMachine):
    """Everybody’s moves, in any order, none of them complete."""

    def __init__(self):
        super().__init__()
        self.save = transaction.atomic()
        self.save.__enter__()
        self.login = login_with_second_factor(email=f"{uuid.uuid4().hex}@exemple.test")
        firm = EnterpriseFactory()
        UserFactory(enterprise=firm, person=self.login.links.get().person)
        self.designation = DesignationFactory(enterprise=firm)
        self.rse = actor(self.designation.person)
        self.browser = Client()
        self.invited = invited_to(firm, by=self.rse)
        #: Links that left before the address changed: with everything right, they open nothing.
        self.dead: list[str] = []
        self.codes = ["000000", "BBBB-BBBB-BBBB", self.login.user_code]

    def teardown(self):
        transaction.set_rollback(True)
        self.save.__exit__(None, None, None)

    def links(self):
        texts = Mail.objects.exclude(to=self.rse.login.email).order_by("id").values_list("text", flat=True)
        return [link for text in texts for link in LINK.findall(text)] or [
            "/entrer/mot-de-passe/rien",
            "/entrer/preuve/rien",
        ]

    def post(self, address, **said):
        Tries.objects.all().delete()  # the limits are tried elsewhere: here they would only hide
        before, links = Login.objects.get(pk=self.login.pk).email, self.links()
        self.browser.post(address, said)
        if Login.objects.get(pk=self.login.pk).email != before:
            self.dead += [each for each in links if each.startswith("/entrer/")]

    @rule()
    def asks_for_a_link(self):
        mail_password_link(login_id=self.login.pk)

    @rule(knows=st.booleans())
    def enters_the_password(self, knows):
        self.post("/entrer", login=self.login.email, password=PASSWORD if knows else "non")

    @rule()
    def says_that_the_factor_is_lost(self):
        self.post("/entrer/code/perdu")

    @rule(which=st.integers(0, 9), page=st.sampled_from(PAGES))
    def opens_or_sends_any_page_of_any_link(self, which, page):
        links = self.links()
        self.browser.get(links[which % len(links)] + page)
        self.post(links[which % len(links)] + page)

    @rule()
    def asks_for_another_address(self):
        login = Login.objects.get(pk=self.login.pk)
        with suppress(TooManyChanges):
            ask_for_email(email=f"{uuid.uuid4().hex}@exemple.test", by=acting(login))

    @rule(says=st.sampled_from(["courriel/confirmer", "courriel/annuler"]))
    def confirms_or_undoes_the_address(self, says):
        for link in [each for each in self.links() if says in each][-1:]:
            self.post(link)

    @precondition(lambda self: self.dead)
    @rule(which=st.integers(0, 9))
    def sends_everything_right_to_a_link_that_left_before_the_address_changed(self, which):
        said = {"code": recovery_codes(self.login)[0], "password": ANOTHER, "again": ANOTHER}
        started = Reproof.objects.filter(login=self.login, state="started").first()
        if started is not None:
            said |= {"second": code_to_hand_over(started)}
        self.post(self.dead[which % len(self.dead)], **said)

    @rule()
    def the_rse_leaves_and_everything_right_is_sent(self):
        """On what they had confirmed; another RSE comes, so that the firm goes on."""
        started = Reproof.objects.filter(login=self.login, state="started").first()
        self.designation.revoke(at=now(), under={}, reason="départ")
        self.designation = DesignationFactory(enterprise=self.designation.enterprise)
        self.rse = actor(self.designation.person)
        if started is None:
            return
        new = code_of(ANOTHER_SECRET, step_at(now()))
        for link in [each for each in self.links() if "/preuve/" in each]:
            with suppress(ReproofUnusable, WrongSecondPart, WrongPassword):
                replace_factor(
                    token=link.rpartition("/")[2], second=code_to_hand_over(started),
                    password=ANOTHER if started.forgot_password else PASSWORD, new=NewApplication(ANOTHER_SECRET, new),
                )  # fmt: skip

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
        assert factors_of(login) == {Factor.TOTP}
        assert len(recovery_codes(login)) > 0
        assert not Login.objects.get(pk=self.invited.pk).has_usable_password()
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
