"""How passwords are kept, and which are accepted."""

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from mandat.identity.models import Login
from mandat.identity.passwords import check_new_password
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
        ("toute en minuscules", True),  # no rule of composition
        ("\N{CAT FACE}\N{DOG FACE}\N{COW FACE}\N{PIG FACE}\N{FROG FACE}" * 3, True),
        ("les longs sanglots des violons de l’automne blessent mon cœur " * 2, True),
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


def refused(password, *, user=None, words=()):
    with pytest.raises(ValidationError) as refusal:
        check_new_password(password, user or login_with_second_factor(), words=words)
    return [each.code for each in refusal.value.error_list]


@pytest.mark.parametrize(
    "password",
    [
        "password1", "Password2026!!", "passwordpassword", "mot de passe", "Motdepasse2026", "bonjourbonjour",
        "azertyuiop", "aaaaaaaaaaaaaaaa", "123456789012345", "987654321098765", "abcabcabcabcabc", "x" * 64,
        "abcdefghijklmnop",
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_refuses_what_is_tried_first(password):
    assert "password_too_common" in refused(password)


@pytest.mark.parametrize(
    "password",
    [
        "Eloise Tremblay", "éloïse-tremblay-1987", "TremblayEloise2026!", "eloise@exemple.test", "KTR7M2Q9X KTR7M2Q9X",
        "Courtage Rive-Haute 2026", "mandat2026mandat", "l’autorité 2026",
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_refuses_what_is_made_of_the_names_of_the_person_and_of_the_firm(password):
    user = login_with_second_factor()
    Login.objects.filter(pk=user.pk).update(user_code="KTR7M2Q9X")
    user.refresh_from_db()
    assert refused(password, user=user, words=["Courtage Rive-Haute inc."]) == ["password_of_own_words"]


@pytest.mark.parametrize("password", ["Éloïse mange des framboises", "le mandat des oiseaux migrateurs", "rive gauche"])
@pytest.mark.django_db
def test_a_phrase_may_speak_of_oneself(password):
    check_new_password(password, login_with_second_factor(), words=["Courtage Rive-Haute inc."])


@pytest.mark.django_db
def test_sixty_four_signs_and_many_more_are_accepted_up_to_a_bound_that_is_said():
    user = login_with_second_factor()
    phrase = "Ceci est une phrase plutôt longue, que personne ne devinera 1 fois. "
    check_new_password((phrase * 4)[:256], user)
    with pytest.raises(ValidationError, match="256"):
        check_new_password((phrase * 4)[:257], user)
