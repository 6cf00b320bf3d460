"""Requests for rights: asked once, answered by somebody else, never wider than asked nor than the answerer holds."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from mandat.access import commands
from mandat.access.commands.requests import (
    AlreadyAnswered,
    AskedOtherwise,
    BeyondRequest,
    BlockNotUsed,
    NothingMissing,
    NotTheAsker,
    ReasonMissing,
    ask_for_rights,
    grant_request,
    lapse_requests,
    refuse_request,
    withdraw_request,
)
from mandat.access.decision import AccessDenied, Right, decide
from mandat.access.events import ProxiesGranted, RightsRequestClosed, RightsRequested
from mandat.access.models import Proxy
from mandat.access.request_handlers import tell_of_answer, tell_of_request
from mandat.access.requests import RightsRequest
from mandat.access.tests.factories import (
    BLOCK,
    DesignationFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    UserFactory,
    actor,
)
from mandat.access.workflow import REQUEST, RequestMove, RequestState
from mandat.identity.actor import Assurance
from mandat.platform.clock import end_of, legal_day, now
from mandat.platform.models import EventRow, Mail
from mandat.platform.workflow import MoveNotAllowed

pytestmark = pytest.mark.django_db
SIGN = [Right.VIEW, Right.SIGN]


@pytest.fixture
def registration():
    return ServiceRegistrationFactory()


@pytest.fixture
def firm(registration):
    return registration.enterprise


@pytest.fixture
def rse(firm):
    return actor(DesignationFactory(enterprise=firm).person)


@pytest.fixture
def user(firm):
    return actor(UserFactory(enterprise=firm).person)


@pytest.fixture
def until():
    return legal_day(now()) + timedelta(days=60)


@pytest.fixture
def ask(firm, user, until):
    def asking(rights=SIGN, **other):
        asked = {"enterprise": firm, "block": BLOCK, "rights": rights, "until": until, "reason": "Congé", "by": user}
        return ask_for_rights(**asked | other)

    return asking


@pytest.fixture
def answer(until):
    def granting(asked, by, rights=SIGN, day=None, key=None):
        return grant_request(
            key=key or uuid.uuid4(), request_id=asked.public_id, rights=rights, until=day or until, by=by
        )

    return granting


def may(person, right, firm):
    return bool(decide(person, right, firm, BLOCK, now()))


@pytest.mark.parametrize("state", RequestState)
@pytest.mark.parametrize("move", RequestMove)
def test_every_move_from_every_state(state, move):
    if state == RequestState.ASKED:
        assert REQUEST.target(move, state) in RequestState
    else:
        with pytest.raises(MoveNotAllowed):
            REQUEST.target(move, state)


def test_a_request_gives_nothing_until_it_is_granted(firm, user, rse, ask, answer):
    asked = ask()
    assert not may(user.person, Right.SIGN, firm)
    granted = answer(asked, rse)
    assert may(user.person, Right.SIGN, firm)
    assert (granted.state, granted.answered_by, granted.proxy.person) == ("granted", rse.person, user.person)
    assert [each.move for each in granted.history.all()] == ["grant"]


def test_less_is_granted_in_part_and_more_is_refused(firm, rse, ask, answer, until):
    asked = ask([Right.PREPARE, Right.SIGN])
    for rights, day in ((SIGN + [Right.PAY], until), (SIGN, until + timedelta(days=1))):
        with pytest.raises(BeyondRequest):
            answer(asked, rse, rights, day)
    narrowed = answer(asked, rse, [Right.PREPARE], until - timedelta(days=30))
    assert narrowed.state == "narrowed"
    assert narrowed.proxy.during.upper == end_of(until - timedelta(days=30))
    assert [may(asked.person, each, firm) for each in (Right.VIEW, Right.PREPARE, Right.SIGN)] == [True, True, False]


def test_nobody_answers_their_own_request_by_any_login(firm, user, rse, ask, answer):
    asked = ask()
    DesignationFactory(enterprise=firm, person=user.person)
    for same in (user, actor(user.person)):
        with pytest.raises(commands.SelfGrant):
            answer(asked, same)
        with pytest.raises(commands.SelfGrant):
            refuse_request(request_id=asked.public_id, reason="Non", by=same)
    asked.answered_by, asked.state = user.person, "refused"
    with pytest.raises(IntegrityError, match="nobody_answers_their_own_request"), transaction.atomic():
        asked.save()


def test_only_an_rse_of_the_firm_answers_and_gives_no_more_than_is_known_of_them(ask, answer, firm, user):
    asked = ask()
    stranger = actor(DesignationFactory(enterprise=ServiceRegistrationFactory().enterprise).person)
    for other in (stranger, actor(UserFactory(enterprise=firm).person)):
        with pytest.raises(AccessDenied):
            answer(asked, other)
        with pytest.raises(AccessDenied):
            refuse_request(request_id=asked.public_id, reason="Non", by=other)
    with pytest.raises(commands.AssuranceTooLow):
        answer(asked, actor(DesignationFactory(enterprise=firm).person, assurance=Assurance.ONE_FACTOR))
    assert not Proxy.objects.exists()


def test_asked_twice_is_asked_once_and_otherwise_waits_for_the_first(ask, until):
    first = ask()
    assert ask() == first
    with pytest.raises(AskedOtherwise):
        ask([Right.PAY])
    with pytest.raises(AskedOtherwise):
        ask(until=until + timedelta(days=1))
    assert RightsRequest.objects.count() == 1
    assert EventRow.objects.filter(name=RightsRequested.__name__).count() == 1


def test_answered_twice_is_answered_once(rse, firm, ask, answer):
    asked, key = ask(), uuid.uuid4()
    assert answer(asked, rse, key=key) == answer(asked, rse, key=key)
    other = actor(DesignationFactory(enterprise=firm).person)
    with pytest.raises(AlreadyAnswered):
        answer(asked, other)
    with pytest.raises(AlreadyAnswered):
        refuse_request(request_id=asked.public_id, reason="Non", by=other)
    assert Proxy.objects.count() == 1


def test_what_cannot_be_asked(firm, user, ask, until):
    with pytest.raises(commands.NotAUser):
        ask(by=actor())
    with pytest.raises(BlockNotUsed):
        ask(block="BF-FIN")
    with pytest.raises(commands.RightsImpossible):
        ask([Right.ADMINISTER])
    with pytest.raises(ReasonMissing):
        ask(reason="  ")
    with pytest.raises(commands.DatesImpossible):
        ask(until=legal_day(now()) - timedelta(days=1))
    with pytest.raises(commands.ProxyTooLong):
        ask(until=legal_day(now()) + timedelta(days=5000))
    ProxyFactory(enterprise=firm, person=user.person, provider=firm.registrations.get().provider)
    with pytest.raises(NothingMissing):
        ask()


def test_withdrawn_by_its_asker_alone_and_only_while_it_waits(user, rse, ask, answer):
    asked = ask()
    with pytest.raises(NotTheAsker):
        withdraw_request(request_id=asked.public_id, by=rse)
    assert withdraw_request(request_id=asked.public_id, by=actor(user.person)).state == "withdrawn"
    for late in (lambda: answer(asked, rse), lambda: withdraw_request(request_id=asked.public_id, by=user)):
        with pytest.raises(AlreadyAnswered):
            late()
    assert ask() != asked


def test_it_falls_when_its_time_is_over_or_its_asker_has_left(user, rse, ask, answer, firm):
    late = ask()
    RightsRequest.objects.update(answer_by=now())
    with pytest.raises(AlreadyAnswered):
        answer(late, rse)
    again = ask()  # the first fell
    assert again != late
    firm.users.update(revoked_at=now(), revoked_under={"seeded": True})
    lapse_requests()
    assert list(RightsRequest.objects.values_list("state", flat=True)) == ["lapsed", "lapsed"]
    lapse_requests()
    assert EventRow.objects.filter(name=RightsRequestClosed.__name__).count() == 2


def test_what_is_held_already_is_replaced_and_kept_in_the_new_one(user, rse, ask, answer, registration):
    firm = registration.enterprise
    held = ProxyFactory(
        enterprise=firm, person=user.person, provider=registration.provider, rights=[Right.VIEW, Right.PREPARE]
    )  # fmt: skip
    granted = answer(ask([Right.SIGN]), rse)
    held.refresh_from_db()
    assert held.revoked_at == granted.proxy.during.lower
    assert (granted.proxy.replaces, set(granted.proxy.rights)) == (held, {"view", "prepare", "sign"})
    assert may(user.person, Right.PREPARE, firm)
    assert may(user.person, Right.SIGN, firm)


def test_a_proxy_that_does_not_serve_is_settled_first(user, rse, ask, answer, registration):
    held = ProxyFactory(
        enterprise=registration.enterprise, person=user.person, provider=registration.provider, needs_second=True
    )
    asked = ask()
    with pytest.raises(commands.AlreadyGranted):
        answer(asked, rse)
    held.refresh_from_db()
    asked.refresh_from_db()
    assert (held.revoked_at, asked.state) == (None, "asked")


def test_what_takes_two_persons_takes_two_here_as_well(firm, user, rse, ask, answer):
    second = actor(DesignationFactory(enterprise=firm).person)
    commands.choose_second_person(enterprise=firm, rights=[Right.SIGN], by=rse)
    granted = answer(ask(), rse)
    assert not may(user.person, Right.SIGN, firm)
    assert EventRow.objects.filter(name=ProxiesGranted.__name__).count() == 1
    with pytest.raises(commands.SamePerson):
        commands.confirm_proxy(proxy_id=granted.proxy.public_id, by=actor(rse.person))
    commands.confirm_proxy(proxy_id=granted.proxy.public_id, by=second)
    assert may(user.person, Right.SIGN, firm)


def closed(asked):
    return RightsRequestClosed(
        enterprise=str(asked.enterprise.public_id), request=str(asked.public_id), state=asked.state
    )


def test_the_rses_read_of_it_in_their_language_and_the_asker_of_the_answer(firm, user, rse, ask, answer):
    rse.person.language = "en"
    rse.person.save()
    asked = ask()
    tell_of_request(RightsRequested(enterprise=str(firm.public_id), request=str(asked.public_id)))
    mail = Mail.objects.get()
    assert (mail.to, mail.language) == (rse.login.email, "en")
    assert "asks for rights" in mail.subject
    assert "Congé" in mail.text
    refused = refuse_request(request_id=asked.public_id, reason="Voyez Aïcha", by=rse)
    tell_of_answer(closed(refused))
    mail = Mail.objects.get(to=user.login.email)
    assert "est refusée" in mail.subject
    assert "Voyez Aïcha" in mail.text
    tell_of_answer(closed(answer(ask(), rse)))
    told = Mail.objects.filter(to=user.login.email).latest("id")
    assert "est accordée" in told.subject
    assert "consulter, signer" in told.text


def test_a_request_withdrawn_tells_nobody_and_one_that_falls_says_so(user, ask):
    asked = ask()
    tell_of_answer(closed(withdraw_request(request_id=asked.public_id, by=user)))
    assert not Mail.objects.exists()
    asked = ask()
    RightsRequest.objects.filter(pk=asked.pk).update(answer_by=now())
    lapse_requests()
    asked.refresh_from_db()
    tell_of_answer(closed(asked))
    assert "est tombée" in Mail.objects.get().subject
