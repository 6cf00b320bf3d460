"""Wrong codes (reliability SE-5): at most five in thirty seconds, a hundred in a row, however many hands there are."""

from datetime import UTC, datetime, timedelta

import pytest

from mandat.access.tests.parallel import Worker, together
from mandat.identity.commands import check_second_factor, send_email_code, set_up_second_factor
from mandat.identity.email_codes import SentLately
from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.guesses import FactorLocked, Kind, TooManyGuesses, is_locked
from mandat.identity.models import EmailCode, GuessCount
from mandat.identity.queries import link_of
from mandat.identity.second_factor import WrongCode, code_of, recovery_codes, step_at
from mandat.identity.tests.people import code, login, login_with_second_factor
from mandat.platform.clock import now
from mandat.platform.models import EventRow, Mail

NOON = datetime(2026, 11, 23, 17, 0, 5, tzinfo=UTC)
BY_EMAIL = (Factor.EMAIL,)


def wrong(of, typed="000000", **more):
    with pytest.raises(WrongCode):
        check_second_factor(login=of, code=typed, **more)


@pytest.mark.django_db
def test_five_wrong_codes_in_a_step_and_no_sixth_even_if_it_is_right(at):
    at(NOON)
    someone = login_with_second_factor()
    for _ in range(5):
        wrong(someone)
    with pytest.raises(TooManyGuesses):
        check_second_factor(login=someone, code=code(someone))
    at(NOON + timedelta(seconds=30))
    assert check_second_factor(login=someone, code=code(someone)) == "totp"


@pytest.mark.django_db
def test_a_hundred_wrong_codes_in_a_row_lock_the_factor_until_it_is_replaced(at):
    at(NOON)
    someone = login_with_second_factor()
    for each in range(100):
        at(NOON + timedelta(seconds=30 * (each // 5)))
        wrong(someone)
    at(NOON + timedelta(hours=2))
    with pytest.raises(FactorLocked):
        check_second_factor(login=someone, code=code(someone))
    assert EventRow.objects.filter(name="SecondFactorLocked").count() == 1
    assert check_second_factor(login=someone, code=recovery_codes(someone)[0]) == "recovery_codes"
    secret = "KRSXG5CTMVRXEZLUKN2XAZLSKNSWG4TF"
    set_up_second_factor(
        login=someone, secret=secret, code=code_of(secret, step_at(now())), methods=["password", "recovery_codes"]
    )
    assert not is_locked(someone, Kind.TOTP)
    at(NOON + timedelta(hours=3))
    assert check_second_factor(login=someone, code=code(someone)) == "totp"


@pytest.mark.django_db
def test_a_right_code_begins_the_count_anew(at):
    at(NOON)
    someone = login_with_second_factor()
    for each in range(40):
        at(NOON + timedelta(minutes=each))
        for _ in range(4):
            wrong(someone)
        check_second_factor(login=someone, code=code(someone))
    assert GuessCount.objects.get().in_all == 0


def test_many_hands_at_once_guess_no_more_than_one(transactional_db):
    someone = login_with_second_factor()
    hands = [Worker() for _ in range(8)]
    try:
        answers = []
        for _ in range(3):
            tries = ((each, lambda: check_second_factor(login=someone, code="000000")) for each in hands)
            answers += together(*tries)
    finally:
        for each in hands:
            each.close()
    tried = sum(isinstance(each, WrongCode) for each in answers)
    assert tried == GuessCount.objects.get().in_all
    assert tried <= 10  # five for a step, and the hands may straddle two
    assert tried + sum(isinstance(each, TooManyGuesses) for each in answers) == 24


# Codes by e-mail, where the policy accepts them


def sent_code():
    text = Mail.objects.order_by("-id").first().text
    return next(each for each in text.split() if each.isdigit() and len(each) == 8)


@pytest.fixture
def someone(at):
    at(NOON)
    made = login()
    send_email_code(login=made, person=link_of(made).person)
    return made


@pytest.mark.django_db
def test_a_code_by_email_serves_once_and_is_kept_as_a_digest(someone):
    typed = sent_code()
    assert typed not in EmailCode.objects.get().digest
    assert check_second_factor(login=someone, code=f"{typed[:4]} {typed[4:]}", among=BY_EMAIL) == "email_code"
    wrong(someone, typed, among=BY_EMAIL)


@pytest.mark.django_db
def test_a_code_by_email_lasts_ten_minutes(someone, at):
    at(NOON + timedelta(minutes=10))
    wrong(someone, sent_code(), among=BY_EMAIL)


@pytest.mark.django_db
def test_a_code_by_email_bears_five_wrong_guesses(someone, at):
    for _ in range(5):
        wrong(someone, "00000000", among=BY_EMAIL)
    at(NOON + timedelta(seconds=31))
    wrong(someone, sent_code(), among=BY_EMAIL)


@pytest.mark.django_db
def test_a_code_by_email_leaves_once_a_minute_and_ends_the_one_before(someone, at):
    first, person = sent_code(), link_of(someone).person
    with pytest.raises(SentLately):
        send_email_code(login=someone, person=person)
    at(NOON + timedelta(minutes=1))
    send_email_code(login=someone, person=person)
    wrong(someone, first, among=BY_EMAIL)
    assert check_second_factor(login=someone, code=sent_code(), among=BY_EMAIL) == "email_code"


@pytest.mark.django_db
def test_a_code_by_email_proves_nothing_where_the_policy_does_not_accept_it(someone):
    wrong(someone, sent_code())


# The policy, without a database

STAFF = FactorPolicy((Factor.PASSKEY,))
ANY = FactorPolicy((Factor.PASSKEY, Factor.TOTP))
WEAK = FactorPolicy((Factor.PASSKEY, Factor.TOTP, Factor.EMAIL))
P, T, S, E = Factor.PASSKEY, Factor.TOTP, Factor.SPARE, Factor.EMAIL


@pytest.mark.parametrize(
    ("policy", "owned", "is_met", "proves"),
    [
        (STAFF, set(), False, ()),
        (STAFF, {T, S}, False, (T, S)),  # proves itself with what it has, then sets up what is missing
        (STAFF, {P, T, S}, True, (P,)),
        (ANY, {T, S}, True, (T, S)),
        (ANY, {P, S}, True, (P, S)),
        (ANY, set(), False, ()),
        (WEAK, set(), True, (E,)),
        (WEAK, {T, S}, True, (T, S)),  # e-mail weakens nobody who has better
    ],
)
def test_what_a_policy_asks_for(policy, owned, is_met, proves):
    assert policy.is_met_by(owned - {S}) == is_met
    assert policy.to_prove(owned) == proves


@pytest.mark.parametrize(
    ("policy", "factor", "left", "may"),
    [
        (ANY, T, set(), False),
        (ANY, T, {P}, True),
        (STAFF, P, {T}, False),
        (STAFF, T, set(), True),
        (WEAK, T, set(), True),
    ],
)
def test_never_the_last_that_is_asked_for(policy, factor, left, may):
    assert policy.may_lose(factor, left=left) == may
