from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django.db.transaction import TransactionManagementError

from mandat.platform.clock import now
from mandat.platform.idempotency import IdempotencyConflict, NothingKept, claim
from mandat.platform.models import StoredFile

ASKER = uuid4()


@transaction.atomic
def create_something(*, key):
    """A command that creates, and takes a key."""
    request = claim(key, "create_something", asked_by=ASKER)
    if request.result:
        return request.result
    made = StoredFile.objects.create(sha256="0" * 64, size=0, name="x", media_type="text/plain", stored_at=now())
    request.keep(result=made.public_id)
    return str(made.public_id)


@pytest.mark.django_db(transaction=True)
def test_twenty_twins_at_once_create_one_thing():
    key, start = uuid4(), Barrier(20, timeout=60)

    def ask(_):
        try:
            start.wait()
            return create_something(key=key)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        results = set(pool.map(ask, range(20)))
    assert results == {str(StoredFile.objects.get().public_id)}


@pytest.mark.django_db(transaction=True)
def test_a_twin_of_a_request_that_failed_does_the_work():
    key = uuid4()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        create_something(key=key)
        raise ZeroDivisionError
    assert create_something(key=key) == str(StoredFile.objects.get().public_id)


@pytest.mark.django_db
def test_another_key_is_another_request():
    assert create_something(key=uuid4()) != create_something(key=uuid4())


@pytest.mark.django_db
@pytest.mark.parametrize(("command", "asker"), [("destroy_something", ASKER), ("create_something", uuid4())])
def test_refuses_a_key_used_for_another_command_or_by_somebody_else(command, asker):
    key = uuid4()
    create_something(key=key)
    with pytest.raises(IdempotencyConflict):
        claim(key, command, asked_by=asker)


@pytest.mark.django_db
def test_refuses_to_do_again_what_kept_no_result():
    key = uuid4()
    claim(key, "forgetful", asked_by=ASKER)
    with pytest.raises(NothingKept):
        claim(key, "forgetful", asked_by=ASKER)


@pytest.mark.django_db(transaction=True)
def test_refuses_a_claim_outside_a_transaction():
    with pytest.raises(TransactionManagementError):
        claim(uuid4(), "create_something", asked_by=ASKER)
