"""The same code, sent many times at once."""

import pytest

from mandat.access.tests.parallel import Worker, together
from mandat.identity.commands import check_second_factor
from mandat.identity.second_factor import WrongCode, recovery_codes
from mandat.identity.tests.people import code, login_with_second_factor

HANDS = 6


@pytest.fixture
def workers(transactional_db):
    hands = [Worker() for _ in range(HANDS)]
    yield hands
    for each in hands:
        each.close()


@pytest.mark.parametrize("kind", ["totp", "recovery"])
def test_a_code_sent_many_times_at_once_is_accepted_once(workers, kind):
    someone = login_with_second_factor()
    sent = code(someone) if kind == "totp" else recovery_codes(someone)[0]
    answers = together(*((each, lambda: check_second_factor(login=someone, code=sent)) for each in workers))
    assert sum(isinstance(each, WrongCode) for each in answers) == HANDS - 1
