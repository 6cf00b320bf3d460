"""How passwords are kept, and which are accepted."""

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from mandat.identity.models import Login
from mandat.identity.tests.people import login, login_with_second_factor


def test_a_sign_in_never_takes_two_cores():
    kept = extract_parameters(make_password("une phrase").removeprefix("argon2"))
    assert (kept.type, kept.parallelism) == (Type.ID, 1)
    assert (kept.memory_cost, kept.time_cost) == (19_456, 2)


def test_the_same_letters_of_two_keyboards_are_one_password():
    made = Login(user_code="KTR7M2Q9X", email="a@exemple.test")
    made.set_password("e\u0301te\u0301 comme hiver")
    assert made.check_password("été comme hiver")
    assert not made.check_password("ete comme hiver")


@pytest.mark.parametrize(
    ("password", "is_accepted"),
    [
        ("quatorze signes"[:14], False),
        ("quinze signes ok"[:15], True),
        ("aaaaa aaaaa aaaaa", True),  # no rule of composition
        ("\N{CAT FACE}" * 15, True),
        ("x" * 64, True),
        ("y z " * 64, True),
    ],
)
@pytest.mark.django_db
def test_asks_for_fifteen_signs_of_a_password_alone(password, is_accepted):
    if is_accepted:
        validate_password(password, user=None)
    else:
        with pytest.raises(ValidationError, match="15"):
            validate_password(password, user=None)


@pytest.mark.django_db
def test_asks_for_eight_signs_once_there_is_a_second_factor():
    with pytest.raises(ValidationError):
        validate_password("huit sig", user=login())
    validate_password("huit sig", user=login_with_second_factor(email="autre@exemple.test"))
    with pytest.raises(ValidationError):
        validate_password("sept si", user=Login.objects.get(email="autre@exemple.test"))


@pytest.mark.django_db
def test_refuses_what_everybody_chooses():
    with pytest.raises(ValidationError):
        validate_password("password1", user=login_with_second_factor())
