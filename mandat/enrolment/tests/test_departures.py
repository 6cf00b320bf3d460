"""Departures: one place ended by the desk, with its proof; by two where it takes two; the last one into recovery."""

import uuid
from functools import partial
from io import BytesIO

import pytest

from mandat.access.commands import AlreadyRevoked, revoke_designation
from mandat.access.decision import AccessDenied, decide
from mandat.access.queries import effective_rses
from mandat.access.rights import Right
from mandat.access.tests.factories import DesignationFactory, StaffAssignmentFactory, UserFactory, actor
from mandat.access.tests.parallel import Worker, together
from mandat.casework.models import Case
from mandat.enrolment import departure_handlers
from mandat.enrolment.commands.departures import confirm_departure, drop_departure, report_departure
from mandat.enrolment.errors import (
    DepartureReportedAlready,
    EvidenceMissing,
    HandoverIncomplete,
    SameOfficer,
    VerifiedByTheSamePerson,
    WordsMissing,
)
from mandat.enrolment.events import DepartureDecided, DepartureReported
from mandat.enrolment.models import Departure
from mandat.enrolment.tests.relief import Relief
from mandat.enrolment.workflow import DEPARTURE, DepartureMove, DepartureState
from mandat.enterprises.models import Designation, Enterprise
from mandat.filings.errors import ReasonMissing
from mandat.platform.clock import now
from mandat.platform.files import store
from mandat.platform.models import EventRow, Letter, Mail
from mandat.platform.workflow import MoveNotAllowed
from mandat.reference.queries import NoEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def relief():
    return Relief()


def place_of(person):
    return Designation.objects.get(person=person)


def act():
    return store(BytesIO(b"%PDF-1.7 acte"), name="acte.pdf", media_type="application/pdf")


def report(relief, who, *, cause="LEFT", by=None, key=None, words="Appel 4711, lettre lue.", file=...):
    return report_departure(
        key=key or uuid.uuid4(), designation=place_of(who).public_id, cause=cause, words=words,
        file=act() if file is ... else file, by=by or relief.officer,
    )  # fmt: skip


def deliver(name, handler, **ids):
    row = EventRow.objects.filter(name=name.__name__).order_by("id").last()
    handler(name(event_id=str(row.public_id), **row.body))


def test_whoever_left_is_ended_by_one_officer_and_says_why_in_the_language_of_the_firm(relief):
    departure = report(relief, relief.rses[0])
    held = place_of(relief.rses[0])
    assert departure.state == DepartureState.ENDED
    assert held.revocation_reason == "Départ de la firme, constaté par le bureau de vérification"
    assert not decide(relief.rses[0], Right.ADMINISTER, relief.firm, None, now())
    assert list(effective_rses(relief.firm, now())) == [relief.rses[1]]
    assert departure.history.get().by == relief.officer.person


@pytest.mark.parametrize("cause", ["DIED", "DISMISSED", "MISTAKE"])
def test_what_is_easily_contested_changes_nothing_before_a_second_officer(relief, cause):
    departure = report(relief, relief.rses[0], cause=cause)
    assert departure.state == DepartureState.REPORTED
    assert decide(relief.rses[0], Right.ADMINISTER, relief.firm, None, now())
    with pytest.raises(SameOfficer):
        confirm_departure(departure=departure.public_id, by=relief.officer)
    confirm_departure(departure=departure.public_id, by=relief.second)
    assert not decide(relief.rses[0], Right.ADMINISTER, relief.firm, None, now())


def test_the_last_person_in_charge_takes_two_officers_and_leaves_the_firm_in_recovery():
    relief = Relief(rses=1)
    departure = report(relief, relief.rses[0], cause="LEFT")
    assert departure.is_of_two
    confirm_departure(departure=departure.public_id, by=relief.second)
    assert Enterprise.objects.get(pk=relief.firm.pk).state == Enterprise.State.IN_RECOVERY


def test_the_last_representative_takes_two_officers_and_leaves_those_in_charge(relief):
    departure = report(relief, relief.ra, cause="MANDATE-OVER")
    assert departure.state == DepartureState.REPORTED
    confirm_departure(departure=departure.public_id, by=relief.second)
    assert not decide(relief.ra, Right.DESIGNATE, relief.firm, None, now())
    assert Enterprise.objects.get(pk=relief.firm.pk).state == Enterprise.State.ACTIVE
    assert effective_rses(relief.firm, now()).count() == 2


def test_a_firm_whose_only_person_died_recovers_through_the_desk_alone():
    """The desk ends the place of the dead, the firm is in recovery, and a handover names others: it acts again."""
    relief = Relief(rses=0)
    DesignationFactory(enterprise=relief.firm, person=relief.ra, role="RSE")
    for role in ("RSE", "RA"):
        place = Designation.objects.get(person=relief.ra, role=role, revoked_at=None).public_id
        told = {"designation": place, "cause": "DIED", "words": "Acte lu.", "file": act(), "key": uuid.uuid4()}
        departure = report_departure(by=relief.officer, **told)
        confirm_departure(departure=departure.public_id, by=relief.second)
    assert Enterprise.objects.get(pk=relief.firm.pk).state == Enterprise.State.IN_RECOVERY
    relief.approve(relief.let_pass(relief.notified()))
    assert Enterprise.objects.get(pk=relief.firm.pk).state == Enterprise.State.ACTIVE
    assert [each.given_name for each in effective_rses(relief.firm, now())] == ["Malik"]


def test_a_cause_that_is_proven_asks_for_the_document_and_one_that_is_not_does_not(relief):
    with pytest.raises(EvidenceMissing):
        report(relief, relief.rses[0], cause="DIED", file=None)
    assert report(relief, relief.rses[0], cause="MISTAKE", file=None).documents.count() == 0


def test_nothing_is_reported_without_words_nor_with_a_social_insurance_number_nor_for_an_unknown_cause(relief):
    for wrong, refused in (({"words": " "}, WordsMissing), ({"words": "NAS 046 454 286"}, HandoverIncomplete)):
        with pytest.raises(refused):
            report(relief, relief.rses[0], **wrong)
    with pytest.raises(NoEntry):
        report(relief, relief.rses[0], cause="BORED")
    assert not Departure.objects.exists()


def test_nobody_ends_a_place_in_a_firm_of_theirs_nor_without_the_right(relief):
    inside = actor(StaffAssignmentFactory().person)
    UserFactory(enterprise=relief.firm, person=inside.person, revoked=True)
    with pytest.raises(VerifiedByTheSamePerson):
        report(relief, relief.rses[0], by=inside)
    with pytest.raises(AccessDenied):
        report(relief, relief.rses[0], by=actor(relief.rses[1]))
    departure = report(relief, relief.rses[0], cause="DIED")
    with pytest.raises(VerifiedByTheSamePerson):
        confirm_departure(departure=departure.public_id, by=inside)


def test_two_clicks_report_once_and_a_second_report_leads_to_the_first(relief):
    key = uuid.uuid4()
    assert report(relief, relief.rses[0], cause="DIED", key=key) == report(
        relief, relief.rses[0], cause="DIED", key=key
    )  # fmt: skip
    with pytest.raises(DepartureReportedAlready) as already:
        report(relief, relief.rses[0], cause="LEFT", by=relief.second)
    assert already.value.departure == Departure.objects.get()


def test_a_place_that_ended_otherwise_is_not_ended_again(relief):
    departure = report(relief, relief.rses[0], cause="DIED")
    revoke_designation(designation_id=place_of(relief.rses[0]).public_id, reason="Part", by=actor(relief.rses[1]))
    with pytest.raises(AlreadyRevoked):
        confirm_departure(departure=departure.public_id, by=relief.second)
    with pytest.raises(AlreadyRevoked):
        report(relief, relief.rses[0])
    assert drop_departure(departure=departure.public_id, reason="Déjà fait.", by=relief.second).state == "dropped"


ALLOWED = {DepartureState.REPORTED: {DepartureMove.END, DepartureMove.DROP}}


@pytest.mark.parametrize("state", DepartureState)
@pytest.mark.parametrize("move", DepartureMove)
def test_every_move_from_every_state(move, state):
    if move in ALLOWED.get(state, ()):
        assert DEPARTURE.target(move, state) in DepartureState
    else:
        with pytest.raises(MoveNotAllowed):
            DEPARTURE.target(move, state)


def test_what_was_reported_is_set_aside_with_a_reason_and_everyone_is_told(relief):
    departure = report(relief, relief.rses[0], cause="DIED")
    with pytest.raises(ReasonMissing):
        drop_departure(departure=departure.public_id, reason=" ", by=relief.officer)
    drop_departure(departure=departure.public_id, reason="Une homonyme.", by=relief.officer)
    assert decide(relief.rses[0], Right.ADMINISTER, relief.firm, None, now())
    deliver(DepartureDecided, departure_handlers.tell_of_dropping)
    assert Mail.objects.filter(subject__contains="garde sa place").count() == 3
    assert not Mail.objects.filter(text__contains="homonyme").exists()


def test_a_report_tells_each_person_with_standing_and_the_one_it_is_about_and_opens_a_case(relief):
    report(relief, relief.rses[0], cause="DIED", words="Dit par sa sœur.")
    for _twice in range(2):
        deliver(DepartureReported, departure_handlers.tell_of_report)
        deliver(DepartureReported, departure_handlers.keep_departure_case)
    told = Mail.objects.filter(subject__contains="n’agit plus")
    assert {each.to for each in told} == {
        each.links.get().login.email for each in (relief.ra, *relief.rses)
    }  # fmt: skip
    assert told.count() == 3
    assert not told.filter(text__contains="sœur").exists()
    assert Case.objects.get(subject_kind="departure").state == "open"
    confirm_departure(departure=Departure.objects.get().public_id, by=relief.second)
    deliver(DepartureDecided, departure_handlers.keep_departure_case)
    assert Case.objects.get(subject_kind="departure").state == "closed"
    assert not Letter.objects.exists()  # the firm is not on the regulator's file


@pytest.fixture
def workers(transactional_db):
    hands = [Worker(), Worker()]
    yield hands
    for each in hands:
        each.close()


def test_two_officers_who_end_one_place_at_once_end_it_once(workers):
    relief = Relief()
    departure = report(relief, relief.rses[0], cause="DIED").public_id
    officers = [relief.second, actor(StaffAssignmentFactory().person)]
    outcomes = together(
        *(
            (hand, partial(confirm_departure, departure=departure, by=by))
            for hand, by in zip(workers, officers, strict=True)
        )
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["Departure", "MoveNotAllowed"]
    assert Departure.objects.get().history.count() == 1


def test_two_officers_who_each_end_one_of_two_places_at_once_never_leave_nobody(workers):
    """One officer is enough for each place, while the other one stands: the second to come finds the last one."""
    relief = Relief()
    officers = [relief.officer, relief.second]
    together(
        *(
            (hand, partial(report, relief, who, by=by))
            for hand, who, by in zip(workers, relief.rses, officers, strict=True)
        )
    )
    assert sorted(Departure.objects.values_list("state", flat=True)) == ["ended", "reported"]
    assert effective_rses(relief.firm, now()).count() == 1
