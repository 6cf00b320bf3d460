"""Ending an attachment, correcting it, and linking a registrant to who stands for it."""

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from mandat.access.tests.factories import UNDER, ServiceRegistrationFactory
from mandat.platform.models import EventRow
from mandat.register.commands import (
    AlreadyEnded,
    AlreadyLinked,
    AttachedTwice,
    DatesImpossible,
    NotActive,
    NotAttached,
    correct_attachment,
    end_attachment,
    link_registrant,
)
from mandat.register.queries import attachments_in_force
from mandat.register.tests.factories import LONG_AGO, AttachmentFactory, RegistrantFactory

pytestmark = pytest.mark.django_db
DAY, A_DAY = date(2026, 6, 30), timedelta(days=1)


def end(attachment, **other):
    fields = {
        "individual": attachment.individual, "registrant": attachment.registrant, "code": attachment.code,
        "on": DAY, "reason": "MOVED", "under": UNDER, "cause": "a filing",
    }  # fmt: skip
    return end_attachment(**fields | other)


def correct(attachment, during, **other):
    fields = {"attachment_id": attachment.public_id, "reason": "", "under": UNDER, "cause": "a correction"}
    return correct_attachment(during=during, **fields | other)


def test_an_attachment_holds_until_the_eve_of_its_end():
    attachment = AttachmentFactory()
    end(attachment)
    assert attachments_in_force(attachment.registrant, DAY - A_DAY).get() == attachment
    assert not attachments_in_force(attachment.registrant, DAY).exists()


def test_an_end_keeps_its_reason_its_authority_and_its_cause():
    attachment = end(AttachmentFactory())
    kept = attachment.changes.get()
    assert (attachment.end_reason, attachment.during) == ("MOVED", DateRange(LONG_AGO, DAY))
    assert (kept.before["to"], kept.after["to"], kept.authority, kept.cause) == (
        None, "2026-06-30", UNDER, "a filing",
    )  # fmt: skip


def test_an_end_is_told_with_ids_alone():
    attachment = end(AttachmentFactory())
    told = EventRow.objects.get(name="AttachmentEnded")
    assert (told.aggregate, str(told.aggregate_id)) == ("registrant", str(attachment.registrant.public_id))
    assert told.body == {
        "registrant": str(attachment.registrant.public_id), "attachment": str(attachment.public_id),
        "individual": str(attachment.individual.public_id), "on": "2026-06-30", "cause": "a filing",
    }  # fmt: skip


def test_an_end_asked_twice_by_one_cause_is_made_once():
    attachment = AttachmentFactory()
    assert end(attachment) == end(attachment)
    assert (attachment.changes.count(), EventRow.objects.filter(name="AttachmentEnded").count()) == (1, 1)


def test_refuses_the_same_end_from_another_cause():
    attachment = AttachmentFactory()
    end(attachment)
    with pytest.raises(AlreadyEnded):
        end(attachment, cause="another filing")


def test_an_end_may_be_brought_forward():
    attachment = AttachmentFactory()
    end(attachment, on=DAY + 30 * A_DAY)
    assert end(attachment, cause="another filing").during.upper == DAY


@pytest.mark.parametrize("other", [{"code": "AR"}, {"on": LONG_AGO}, {"on": LONG_AGO - A_DAY}])
def test_refuses_to_end_what_does_not_hold(other):
    with pytest.raises(NotAttached):
        end(AttachmentFactory(), **other)


def test_refuses_to_end_again_what_ended_before():
    attachment = AttachmentFactory(ended=True)
    with pytest.raises(NotAttached):
        end(attachment)


def test_another_firm_cannot_end_it():
    attachment = AttachmentFactory()
    with pytest.raises(NotAttached):
        end(attachment, registrant=RegistrantFactory())
    attachment.refresh_from_db()
    assert attachment.during.upper is None


def test_only_the_code_named_ends():
    first = AttachmentFactory()
    other = AttachmentFactory(registrant=first.registrant, individual=first.individual, in_distribution=True)
    end(first)
    assert attachments_in_force(first.registrant, DAY).get() == other


def test_an_end_is_undone_and_nothing_of_it_is_lost():
    attachment = end(AttachmentFactory())
    undone = correct(attachment, DateRange(LONG_AGO, None))
    assert (undone.during, undone.end_reason) == (DateRange(LONG_AGO, None), "")
    assert [(each.before["to"], each.after["to"], each.cause) for each in undone.changes.all()] == [
        (None, "2026-06-30", "a filing"),
        ("2026-06-30", None, "a correction"),
    ]
    assert EventRow.objects.filter(name="AttachmentCorrected").count() == 1


@pytest.mark.parametrize("during", [DateRange(None, DAY), DateRange(DAY, DAY), DateRange(DAY, LONG_AGO)])
def test_refuses_dates_that_are_none(during):
    with pytest.raises(DatesImpossible):
        correct_attachment(
            attachment_id=AttachmentFactory().public_id, during=during, reason="", under=UNDER, cause="x"
        )


def test_refuses_to_undo_an_end_that_something_follows():
    first = end(AttachmentFactory())
    AttachmentFactory(registrant=first.registrant, individual=first.individual, during=DateRange(DAY, None))
    with pytest.raises(AttachedTwice):
        correct(first, DateRange(LONG_AGO, None))
    assert first.changes.count() == 1


def test_a_registrant_is_linked_to_who_stands_for_it_once():
    registrant, registration = RegistrantFactory(service_registration=None), ServiceRegistrationFactory()
    for _ in range(2):
        assert link_registrant(registrant=registrant, registration=registration).service_registration == registration
    assert EventRow.objects.filter(name="RegistrantLinked").count() == 1


def test_refuses_to_link_what_is_linked():
    linked, registration = RegistrantFactory(), ServiceRegistrationFactory()
    with pytest.raises(AlreadyLinked):
        link_registrant(registrant=linked, registration=registration)
    with pytest.raises(AlreadyLinked):
        link_registrant(
            registrant=RegistrantFactory(service_registration=None), registration=linked.service_registration
        )


@pytest.mark.parametrize("trait", ["in_process", "refused", "suspended", "deactivated"])
def test_refuses_a_registration_that_is_not_active(trait):
    with pytest.raises(NotActive):
        link_registrant(
            registrant=RegistrantFactory(service_registration=None),
            registration=ServiceRegistrationFactory(**{trait: True}),
        )


def test_a_registrant_whose_registration_ended_may_be_linked_again():
    registrant = RegistrantFactory(service_registration__deactivated=True)
    again = ServiceRegistrationFactory(enterprise=registrant.service_registration.enterprise)
    assert link_registrant(registrant=registrant, registration=again).service_registration == again
