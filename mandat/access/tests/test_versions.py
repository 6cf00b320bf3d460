"""C16: a new version of a block changes no right until the firm accepts it, seen as a difference."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from mandat.access import commands
from mandat.access.catalogue import news_for
from mandat.access.decision import AccessDenied, Matter, Right, decide
from mandat.access.links import Ground
from mandat.access.place import place_of
from mandat.access.queries import Helper, who_can_supply
from mandat.access.tests.factories import (
    BLOCK,
    DesignationFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    actor,
)
from mandat.enterprises.models import BlockAcceptance
from mandat.platform.clock import legal_day, now
from mandat.reference.models import Entry

pytestmark = pytest.mark.django_db
ADDED = Matter(version=2)


def widen(code, version=2):
    """Have the regulator publish, as of today, a version of a block that opens one service more."""
    today = legal_day(now())
    old = Entry.objects.get(kind="block", code=code, during__contains=today)
    old.during = DateRange(old.during.lower, today)
    old.save()
    return Entry.objects.create(
        kind="block", code=code, label_fr=old.label_fr, label_en=old.label_en, source="Essai", is_verified=False,
        during=DateRange(today, None), position=old.position,
        values={
            **old.values, "version": version,
            "added_fr": f"Ajout {version}.", "added_en": f"Addition {version}.",
        },
    )  # fmt: skip


@pytest.fixture
def registration():
    return ServiceRegistrationFactory(accepted_blocks=[BLOCK, "BF-FIN"])


@pytest.fixture
def rse(registration):
    return actor(DesignationFactory(enterprise=registration.enterprise).person)


def accept(registration, rse, versions):
    return commands.accept_versions(registration_id=registration.public_id, versions=versions, by=rse)


def test_a_new_version_changes_no_decision_until_it_is_accepted(registration, rse):
    holder = ProxyFactory(enterprise=registration.enterprise).person
    rights = [Right.VIEW, Right.PREPARE, Right.SIGN, Right.PAY]

    def answers(matter=Matter()):  # noqa: B008 - frozen
        return [
            bool(decide(who, right, registration.enterprise, BLOCK, now(), matter=matter))
            for who in (rse.person, holder) for right in rights
        ]  # fmt: skip

    before, before_added = answers(), answers(ADDED)
    widen(BLOCK)
    assert answers() == before == [True] * 8
    assert answers(ADDED) == before_added == [False] * 8
    accept(registration, rse, {BLOCK: 2})
    assert answers(ADDED) == [True] * 8


def test_the_refusal_says_that_the_addition_is_to_be_accepted_and_by_whom(registration, rse):
    widen(BLOCK)
    refused = decide(rse.person, Right.SIGN, registration.enterprise, BLOCK, now(), matter=ADDED)
    assert refused.ground == Ground.VERSION_NOT_ACCEPTED
    assert place_of(rse.person, registration.enterprise, now()).decide(Right.SIGN, BLOCK, ADDED) == refused
    offered = who_can_supply(refused, registration.enterprise, now())
    assert (offered.helper, offered.people) == (Helper.RSE, (rse.person,))


def test_the_difference_names_what_was_added_since_the_version_accepted(registration):
    assert news_for(registration, legal_day(now())) == []
    widen(BLOCK)
    nine_days_ago = legal_day(now()) - timedelta(days=9)
    Entry.objects.filter(code=BLOCK).exclude(values__has_key="version").update(
        during=DateRange(nine_days_ago - timedelta(days=900), nine_days_ago)
    )
    Entry.objects.filter(code=BLOCK, values__version=2).update(during=DateRange(nine_days_ago, legal_day(now())))
    Entry.objects.create(
        kind="block", code=BLOCK, label_fr="Gestion", label_en="Manage", source="Essai", is_verified=False,
        during=DateRange(legal_day(now()), None),
        values={"version": 3, "added_fr": "Ajout 3.", "added_en": "Addition 3.", "scope_fr": "P", "scope_en": "P"},
    )  # fmt: skip
    (news,) = news_for(registration, legal_day(now()))
    assert (news.accepted, news.version) == (1, 3)
    assert news.additions == ["Ajout 2.", "Ajout 3."]


def test_a_block_that_the_firm_does_not_use_has_no_news_for_it(registration):
    widen("BF-RAD")
    assert news_for(registration, legal_day(now())) == []


def test_choosing_another_block_accepts_no_addition_to_those_kept(registration, rse):
    widen(BLOCK)
    widen("BF-RAD")
    commands.accept_blocks(
        registration_id=registration.public_id, blocks=[BLOCK, "BF-RAD"], catalogue_version=1, by=rse
    )
    registration.refresh_from_db()
    assert registration.versions == {"BF-RAD": 2}
    assert [news.block.code for news in news_for(registration, legal_day(now()))] == [BLOCK]


def test_what_is_accepted_is_what_the_catalogue_of_the_day_offers(registration, rse):
    widen(BLOCK)
    for versions in ({BLOCK: 3}, {"BF-RAD": 1}, {"BF-NIL": 2}):
        with pytest.raises(commands.BlockUnknown):
            accept(registration, rse, versions)
    accept(registration, rse, {BLOCK: 2})
    assert accept(registration, rse, {BLOCK: 2}).versions == {BLOCK: 2}
    assert BlockAcceptance.objects.count() == 1


def test_only_an_rse_accepts(registration):
    widen(BLOCK)
    signer = actor(ProxyFactory(enterprise=registration.enterprise).person)
    with pytest.raises(AccessDenied):
        accept(registration, signer, {BLOCK: 2})
