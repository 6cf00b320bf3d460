"""Codes of the second factor: each accepted once, near its time, and no other."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import override_settings

from mandat.identity.actor import Assurance, Method, assurance_of
from mandat.identity.commands import check_second_factor, set_up_second_factor
from mandat.identity.second_factor import WrongCode, code_of, has_second_factor, recovery_codes, secret_of
from mandat.identity.tests.people import SECRET, code, login, login_with_second_factor
from mandat.platform.models import EventRow

NOON = datetime(2026, 11, 23, 17, 0, 5, tzinfo=UTC)


def test_codes_are_those_of_rfc_6238():
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert [code_of(secret, each) for each in (1, 37037036, 41152263)] == ["287082", "081804", "005924"]


@pytest.mark.parametrize(("steps", "is_accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
@pytest.mark.django_db
def test_accepts_one_step_either_side(at, steps, is_accepted):
    at(NOON)
    made = login_with_second_factor()
    if is_accepted:
        assert check_second_factor(login=made, code=code(made, steps=steps)) == Method.TOTP
    else:
        with pytest.raises(WrongCode):
            check_second_factor(login=made, code=code(made, steps=steps))


@pytest.mark.django_db
def test_refuses_a_code_twice_in_its_step_and_in_the_drift_after_it(at):
    at(NOON)
    made = login_with_second_factor()
    used = code(made)
    check_second_factor(login=made, code=used)
    for later in (0, 1, 30, 59):
        at(NOON + timedelta(seconds=later))
        with pytest.raises(WrongCode):
            check_second_factor(login=made, code=used)


@pytest.mark.django_db
def test_refuses_a_code_older_than_one_accepted(at):
    at(NOON)
    made = login_with_second_factor()
    check_second_factor(login=made, code=code(made, steps=1))
    with pytest.raises(WrongCode):
        check_second_factor(login=made, code=code(made))


@pytest.mark.django_db
def test_the_code_that_set_the_factor_up_does_not_sign_in(at):
    at(NOON)
    made = login()
    first = code_of(SECRET, int(NOON.timestamp()) // 30)
    set_up_second_factor(login=made, secret=SECRET, code=first)
    with pytest.raises(WrongCode):
        check_second_factor(login=made, code=first)


@pytest.mark.parametrize(
    "typed", ["{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}", " {0} ", "{0[0]}{0[1]}{0[2]}-{0[3]}{0[4]}{0[5]}"]
)
@pytest.mark.django_db
def test_reads_a_code_typed_in_groups(at, typed):
    at(NOON)
    made = login_with_second_factor()
    assert check_second_factor(login=made, code=typed.format(code(made))) == Method.TOTP


@pytest.mark.parametrize("typed", ["", "000000", "٣٣٣٣٣٣", "é", "x" * 20, "12345", "None"])
@pytest.mark.django_db
def test_refuses_junk_and_tells_that_the_password_was_right(typed):
    made = login_with_second_factor()
    with pytest.raises(WrongCode):
        check_second_factor(login=made, code=typed)
    assert EventRow.objects.filter(name="SecondFactorRefused", aggregate_id=made.public_id).count() == 1


@pytest.mark.django_db
def test_refuses_a_wrong_first_code_and_leaves_no_factor():
    made = login()
    with pytest.raises(WrongCode):
        set_up_second_factor(login=made, secret=SECRET, code="000000")
    assert not has_second_factor(made)
    assert recovery_codes(made) == []


@pytest.mark.django_db
def test_a_recovery_code_serves_once():
    made = login_with_second_factor()
    first = recovery_codes(made)[0]
    assert check_second_factor(login=made, code=first) == Method.RECOVERY_CODE
    with pytest.raises(WrongCode):
        check_second_factor(login=made, code=first)
    assert len(recovery_codes(made)) == 9


@pytest.mark.django_db
def test_nobodys_code_opens_another_login(at):
    at(NOON)
    made, other = login_with_second_factor(), login_with_second_factor(email="autre@exemple.test")
    codes = recovery_codes(other)
    assert not set(codes) & set(recovery_codes(made))
    with pytest.raises(WrongCode):
        check_second_factor(login=made, code=codes[0])


@pytest.mark.django_db
def test_keeps_secrets_encrypted_and_reads_them_after_the_key_was_changed():
    made = login_with_second_factor()
    kept = str(list(Authenticator.objects.order_by("id").values_list("data", flat=True)))
    assert SECRET not in kept
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=["tests-only"]):
        assert secret_of(made) == SECRET


@pytest.mark.parametrize(
    ("methods", "assurance"),
    [
        ([], Assurance.NONE),
        (["password"], Assurance.ONE_FACTOR),
        (["totp"], Assurance.ONE_FACTOR),
        (["totp", "recovery_codes"], Assurance.ONE_FACTOR),
        (["password", "totp"], Assurance.TWO_FACTORS),
        (["password", "recovery_codes"], Assurance.TWO_FACTORS),
        (["webauthn"], Assurance.PHISHING_RESISTANT),
    ],
)
def test_assurance_depends_on_what_was_proven(methods, assurance):
    assert assurance_of(methods) == assurance
