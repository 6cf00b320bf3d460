"""Handovers: notice to all with standing, time to object, two officers where it is contested; nothing acts before."""

import uuid
from datetime import timedelta

import pytest

from mandat.access.decision import AccessDenied, decide
from mandat.access.queries import designations_of, effective_rses
from mandat.access.rights import Right
from mandat.access.tests.factories import DesignationFactory, StaffAssignmentFactory, actor
from mandat.access.tests.parallel import Worker, together
from mandat.enrolment.commands.handover_answers import answer_notice
from mandat.enrolment.commands.handover_desk import (
    approve_handover,
    contest,
    hear,
    notify,
    recommend,
    refuse_handover,
    send_back,
)
from mandat.enrolment.commands.handovers import (
    answer_handover,
    say_more,
    submit_handover,
    withdraw_handover,
)
from mandat.enrolment.errors import (
    HandoverIncomplete,
    IsContested,
    NoAccount,
    NoticeUnusable,
    SameOfficer,
    TimeToObject,
    VerifiedByTheSamePerson,
    WordsMissing,
)
from mandat.enrolment.handover_form import read
from mandat.enrolment.handover_queries import competing, notice_of
from mandat.enrolment.models import Answer, Handover, Invitation
from mandat.enrolment.tests.relief import SAID, Relief
from mandat.enrolment.workflow import HandoverState
from mandat.enterprises.models import Designation, Enterprise
from mandat.filings.errors import ClosedToChange, ReasonMissing
from mandat.identity.models import Person
from mandat.platform.clock import now
from mandat.platform.models import Mail
from mandat.platform.workflow import MoveNotAllowed

pytestmark = pytest.mark.django_db
OFFICERS = {
    "notify": lambda handover, by: notify(handover=handover, by=by),
    "contest": lambda handover, by: contest(handover=handover, reason="Risque.", by=by),
    "hear": lambda handover, by: hear(handover=handover, question="Qui?", by=by),
    "recommend": lambda handover, by: recommend(handover=handover, reason="Prouvé.", ending=[], by=by),
    "send_back": lambda handover, by: send_back(handover=handover, reason="Pas encore.", by=by),
    "approve": lambda handover, by: approve_handover(handover=handover, ending=[], by=by),
    "refuse": lambda handover, by: refuse_handover(handover=handover, reason="Non.", by=by),
}
ALLOWED = {
    HandoverState.ASKED: {"notify", "refuse"},
    HandoverState.NOTIFIED: {"contest", "approve", "refuse"},
    HandoverState.CONTESTED: {"hear"},
    HandoverState.HEARING: {"recommend", "refuse"},
    HandoverState.RECOMMENDED: {"send_back", "approve"},
}


@pytest.fixture
def relief():
    return Relief()


def who_acts(relief):
    return {(str(each.person), each.role) for each in designations_of(relief.firm, now())}


@pytest.mark.parametrize("state", HandoverState)
def test_every_gesture_of_the_desk_from_every_state(relief, state):
    handover = relief.let_pass(relief.in_state(state))
    for name, gesture in OFFICERS.items():
        if name in ALLOWED.get(state, ()):
            continue
        with pytest.raises((MoveNotAllowed, KeyError) if state == HandoverState.DRAFT else MoveNotAllowed):
            gesture(handover.public_id, relief.second)
    assert Handover.objects.get(pk=handover.pk).state == state


@pytest.mark.parametrize("state", ALLOWED)
def test_the_desk_alone_decides_and_never_what_concerns_it(relief, state):
    handover = relief.in_state(state)
    strangers = (actor(), actor(StaffAssignmentFactory(role="officer").person))
    named = actor(StaffAssignmentFactory().person)
    named.login.email = "malik@demo.test"
    named.login.save()
    of_the_firm = actor(StaffAssignmentFactory().person)
    DesignationFactory(enterprise=relief.firm, person=of_the_firm.person, ended=True)
    for name in ALLOWED[state]:
        for stranger in strangers:
            with pytest.raises(AccessDenied):
                OFFICERS[name](handover.public_id, stranger)
        for one in (named, of_the_firm):
            with pytest.raises(VerifiedByTheSamePerson):
                OFFICERS[name](handover.public_id, one)


def test_the_sole_director_dies_and_a_new_representative_acts():
    relief = Relief(rses=0)
    DesignationFactory(enterprise=relief.firm, person=relief.ra, role="RSE")
    handover = relief.notified()
    assert relief.firm.state == Enterprise.State.ACTIVE
    assert not Person.objects.filter(family_name="Bérubé").exists()  # nobody is made before the decision
    relief.approve(relief.let_pass(handover))
    assert who_acts(relief) == {("Solange Bérubé", "RA"), ("Malik D’Amours", "RSE")}
    assert {str(each.person) for each in Invitation.objects.all()} == {"Solange Bérubé", "Malik D’Amours"}
    assert Designation.objects.get(role="RA", revoked_at=None).evidence["handover"] == str(handover.public_id)
    codes = Mail.objects.get(to="solange@demo.test", subject__startswith="Codes").text
    assert "/activer/" not in codes


def test_a_hostile_lawyer_gets_nothing_and_stops_nobody(relief):
    handover = relief.objected(ground="sold", asker="Me Avide", email="avide@demo.test")
    rse = relief.rses[0]
    assert handover.state == HandoverState.CONTESTED
    assert decide(rse, Right.ADMINISTER, relief.firm, None, now())  # their rights went on all the while
    with pytest.raises(MoveNotAllowed):
        relief.approve(relief.let_pass(handover))
    hear(handover=handover.public_id, question="Sur quoi vous fondez-vous?", by=relief.officer)
    with pytest.raises(TimeToObject):
        refuse_handover(handover=handover.public_id, reason="Non.", by=relief.officer)
    say_more(handover=handover.public_id, words="Je le maintiens.")
    relief.answer(handover, rse, words="La vente n’a pas eu lieu.")
    refuse_handover(handover=handover.public_id, reason="Aucune vente n’est prouvée.", by=relief.officer)
    assert len(who_acts(relief)) == 3
    assert not Invitation.objects.exists()
    assert not Person.objects.filter(family_name="Bérubé").exists()


def test_a_firm_that_was_sold_passes_to_new_hands_and_those_of_yesterday_end(relief):
    handover = relief.notified(ground="sold")
    for former in (relief.ra, *relief.rses):
        relief.answer(handover, former, Answer.AGREES, "")
    relief.approve(relief.let_pass(handover))
    assert who_acts(relief) == {("Solange Bérubé", "RA"), ("Malik D’Amours", "RSE")}
    for former in (relief.ra, *relief.rses):
        assert not decide(former, Right.ADMINISTER, relief.firm, None, now())


def test_two_directors_who_disagree_have_one_record_each_and_one_alone_is_accepted(relief):
    one = relief.notified(ground="disputed")
    other = relief.notified(
        ground="disputed", email="gagne@demo.test", ra_given_name="Odile", ra_family_name="Gagné",
        ra_email="odile@demo.test", rse_is_ra="yes",
    )  # fmt: skip
    assert list(competing(one)) == [other]
    for each in (one, other):
        with pytest.raises(IsContested):
            relief.approve(relief.let_pass(each))
    relief.contest(one)
    hear(handover=one.public_id, question="Quelle assemblée l’a élue?", by=relief.officer)
    say_more(handover=one.public_id, words="Celle du 2 novembre.")
    recommend(
        handover=one.public_id, reason="Le procès-verbal le dit.", ending=relief.places(), by=relief.officer
    )  # fmt: skip
    with pytest.raises(SameOfficer):
        relief.approve(one)
    relief.approve(one, by=relief.second)
    other.refresh_from_db()
    assert other.state == HandoverState.REFUSED
    assert other.history.latest("id").reason
    assert ("Solange Bérubé", "RA") in who_acts(relief)
    assert not Person.objects.filter(family_name="Gagné").exists()


def test_a_new_representative_replaces_the_old_one_and_those_in_charge_stay(relief):
    handover = relief.let_pass(relief.notified(ground="changed"))
    relief.approve(handover)
    acts = who_acts(relief)
    assert {name for name, role in acts if role == "RA"} == {"Solange Bérubé"}
    assert {name for name, role in acts if role == "RSE"} == {str(each) for each in relief.rses}


def test_a_representative_who_left_ends_and_nobody_is_named(relief):
    relief.approve(relief.let_pass(relief.notified(ground="left", ra_email="", rse_is_ra="")))
    assert {role for _, role in who_acts(relief)} == {"RSE"}
    assert effective_rses(relief.firm, now()).count() == 2


def test_whoever_is_named_again_keeps_their_place(relief):
    rse = relief.rses[0]
    again = {
        "rse_given_name": rse.given_name, "rse_family_name": rse.family_name,
        "rse_email": rse.links.get().login.email,
    }  # fmt: skip
    relief.approve(relief.let_pass(relief.notified(**again)))
    assert {name for name, role in who_acts(relief) if role == "RSE"} == {str(rse)}
    assert Designation.objects.get(person=rse, enterprise=relief.firm).revoked_at is None


def test_everyone_with_standing_is_told_each_by_a_link_of_their_own(relief):
    handover = relief.notified()
    links = {relief.link_to(each) for each in (relief.ra, *relief.rses)}
    assert len(links) == 3
    assert {notice_of(each.removeprefix("/avis/")).handover for each in links} == {handover}
    assert "/avis/" not in Mail.objects.filter(to=handover.email).latest("id").text


def test_the_time_to_object_is_not_cut_short(relief):
    handover = relief.notified()
    assert handover.objections_until - now() > timedelta(days=14)
    with pytest.raises(TimeToObject):
        relief.approve(handover)
    assert len(who_acts(relief)) == 3


def test_an_objection_after_the_time_but_before_the_decision_still_counts(relief):
    handover = relief.let_pass(relief.notified())
    relief.answer(handover, relief.rses[1])
    with pytest.raises(MoveNotAllowed):
        relief.approve(handover)


def test_an_objection_that_comes_after_a_recommendation_undoes_it(relief):
    handover = relief.recommended()
    relief.answer(handover, relief.rses[1])
    assert Handover.objects.get(pk=handover.pk).state == HandoverState.CONTESTED


def test_an_objection_says_why_and_nobody_answers_once_it_is_decided(relief):
    handover = relief.notified()
    with pytest.raises(WordsMissing):
        relief.answer(handover, relief.ra, words=" ")
    notice = handover.notices.get(person=relief.ra).public_id
    withdraw_handover(handover=handover.public_id)
    with pytest.raises(NoticeUnusable):
        answer_notice(notice=notice, answer=Answer.OBJECTS, words="Non.")


def test_a_second_officer_may_not_confirm_and_says_why(relief):
    handover = relief.recommended()
    with pytest.raises(ReasonMissing):
        send_back(handover=handover.public_id, reason=" ", by=relief.second)
    send_back(handover=handover.public_id, reason="L’acte est illisible.", by=relief.second)
    assert Handover.objects.get(pk=handover.pk).state == HandoverState.HEARING
    assert len(who_acts(relief)) == 3


def test_a_request_about_a_firm_without_account_is_told_to_nobody(relief):
    handover = relief.asked(neq="2299999013")
    with pytest.raises(NoAccount):
        notify(handover=handover.public_id, by=relief.officer)


def test_what_is_missing_holds_a_request_back_and_nothing_is_lost(relief):
    handover = relief.drafted(words="", ra_basis="")
    with pytest.raises(HandoverIncomplete) as held:
        submit_handover(key=uuid.uuid4(), handover=handover.public_id)
    assert {each.field for each in held.value.findings} == {"words", "ra_basis"}
    bare = relief.begun()
    answer_handover(handover=bare.public_id, answers=SAID)
    with pytest.raises(HandoverIncomplete):  # without any evidence
        submit_handover(key=uuid.uuid4(), handover=bare.public_id)


def test_a_social_insurance_number_is_kept_nowhere(relief):
    with pytest.raises(HandoverIncomplete):
        say_more(handover=relief.asked().public_id, words="Son NAS est le 046 454 286.")
    assert read(SAID | {"words": "NAS 046 454 286"})[1]


def test_a_submitted_request_does_not_change_any_more(relief):
    handover = relief.asked()
    with pytest.raises(ClosedToChange):
        answer_handover(handover=handover.public_id, answers=SAID)


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({"ground": "left", "ra_email": "", "street": "", "rse_is_ra": ""}, set()),
        ({"ground": "changed", "rse_is_ra": "", "rse_email": ""}, set()),
        ({"rse_is_ra": "yes", "rse_email": ""}, set()),
        ({"rse_email": ""}, {"rse_email"}),
        ({"rse_email": "SOLANGE@demo.test"}, {"rse_email"}),
        ({"neq": "12"}, {"neq"}),
    ],
)
def test_what_each_ground_asks_for(said, missing):
    assert {each.field for each in read(SAID | said)[1]} == missing


@pytest.fixture
def workers(transactional_db):
    hands = [Worker() for _ in range(4)]
    yield hands
    for each in hands:
        each.close()


def test_two_requests_about_one_firm_approved_at_once_leave_one(workers):
    relief = Relief()
    one = relief.recommended()
    other = relief.recommended(email="gagne@demo.test", ra_email="odile@demo.test", rse_is_ra="yes")
    outcomes = together(
        (workers[0], lambda: relief.approve(one, by=relief.second)),
        (workers[1], lambda: relief.approve(other, by=relief.second)),
        (workers[2], lambda: relief.approve(one, by=relief.second)),
        (workers[3], lambda: relief.approve(other, by=relief.second)),
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["Handover", *["MoveNotAllowed"] * 3]
    assert Designation.objects.filter(enterprise=relief.firm, role="RA", revoked_at=None).count() == 1
