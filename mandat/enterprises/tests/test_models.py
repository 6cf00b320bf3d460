"""The state tables, every state before every move, and the histories that nothing rewrites."""

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from mandat.access.tests.factories import LONG_AGO, UNDER, EnterpriseFactory, ServiceRegistrationFactory
from mandat.enterprises.models import BlockAcceptance
from mandat.enterprises.workflow import (
    ENTERPRISE,
    REGISTRATION,
    EnterpriseMove,
    EnterpriseState,
    RegistrationMove,
    RegistrationState,
)
from mandat.platform.workflow import MoveNotAllowed

E, R = EnterpriseMove, RegistrationMove
ALLOWED_TO_AN_ENTERPRISE = {
    EnterpriseState.ACTIVE: {E.ENTER_RECOVERY, E.SUSPEND, E.CLOSE},
    EnterpriseState.IN_RECOVERY: {E.LEAVE_RECOVERY, E.SUSPEND, E.CLOSE},
    EnterpriseState.SUSPENDED: {E.REINSTATE, E.CLOSE},
    EnterpriseState.CLOSED: set(),
}
ALLOWED_TO_A_REGISTRATION = {
    RegistrationState.IN_PROCESS: {R.ACTIVATE, R.REFUSE},
    RegistrationState.ACTIVE: {R.SUSPEND, R.DEACTIVATE},
    RegistrationState.SUSPENDED: {R.REINSTATE},
    RegistrationState.REFUSED: set(),
    RegistrationState.DEACTIVATED: set(),
}


@pytest.mark.parametrize("state", EnterpriseState)
def test_every_move_of_an_account_from_every_state(state):
    assert set(ENTERPRISE.moves_from(state)) == ALLOWED_TO_AN_ENTERPRISE[state]


@pytest.mark.parametrize("state", RegistrationState)
def test_every_move_of_a_registration_from_every_state(state):
    assert set(REGISTRATION.moves_from(state)) == ALLOWED_TO_A_REGISTRATION[state]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("factory", "move", "after"),
    [
        (EnterpriseFactory, E.SUSPEND, EnterpriseState.SUSPENDED),
        (ServiceRegistrationFactory, R.SUSPEND, RegistrationState.SUSPENDED),
    ],
)
def test_a_move_leaves_a_history_row_that_nothing_changes(factory, move, after):
    row = factory()
    row.make(move, at=LONG_AGO, under=UNDER)
    row.refresh_from_db()
    kept = row.history.get()
    assert (row.state, kept.move, kept.before, kept.after, kept.authority) == (after, move, "active", after, UNDER)
    for change in (lambda: row.history.update(after="active"), kept.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.django_db
def test_a_move_that_is_not_allowed_changes_nothing():
    firm = EnterpriseFactory(closed=True)
    with pytest.raises(MoveNotAllowed):
        firm.make(E.REINSTATE, at=LONG_AGO, under=UNDER)
    firm.refresh_from_db()
    assert (firm.state, firm.history.count()) == (EnterpriseState.CLOSED, 0)


@pytest.mark.django_db
def test_a_choice_of_blocks_is_kept_for_ever():
    kept = BlockAcceptance.objects.create(
        registration=ServiceRegistrationFactory(), blocks=["BF-REP"], catalogue_version=1, at=LONG_AGO, authority=UNDER
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        kept.delete()


@pytest.mark.django_db
def test_names_sort_without_regard_to_accents():
    for name in ("Épargne Zéro", "epargne Alpha", "Étoile"):
        EnterpriseFactory(name=name)
    names = list(EnterpriseFactory._meta.model.objects.values_list("name", flat=True))
    assert names == ["epargne Alpha", "Épargne Zéro", "Étoile"]
