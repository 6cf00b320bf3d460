"""TI-2 and TI-3: nothing of another firm is in any answer, and its identifiers open no more than those of nothing."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import connection
from django.db.models import UUIDField
from django.shortcuts import get_object_or_404
from django.test import TransactionTestCase
from django.urls import reverse

from mandat.access.reach import reach_all
from mandat.filings.models import Filing
from mandat.platform.models import Mail
from mandat.platform.postgres.address import SUPERUSER
from mandat.web import permissions
from mandat.web.firm import filings as pages_of_filings
from mandat.web.permissions import RULES, InFirm
from mandat.web.tests.conftest import Visitors, demonstration, forgotten
from mandat.web.tests.marks import MARK, keys_of, mark
from mandat.web.tests.neighbours import neighbour_of
from mandat.web.tests.places import in_both_languages, pages_of
from mandat.web.tests.samples import SAMPLES, addresses, arguments_of, real_accesses, real_ones, real_roles
from mandat.web.tests.sparing import spared
from tests.drills.recorder import FULL_SIZE

pytestmark = pytest.mark.xdist_group("neighbours")  # one world, of which several tests ask

OF_THE_FIRM = ("rse", "ra", "user")
#: Under what names an identifier is slipped into a query or a form.
SLIPPED = (
    "firm", "enterprise", "person", "filing", "registrant", "proxy", "registration", "document", "q", "key", "page",
    "order", "firm__id", "form-0-id", "words", "name",
)  # fmt: skip
LENGTH_OF_A_UUID = 36
#: What is shorter than that stands in a page by chance.
SHORT = 5
#: How many identifiers are tried in each place of a path.
TRIED = 80 if FULL_SIZE else 1
#: What ends a session: its reader would be nobody afterwards.
ENDS = {"account_logout", "account:end_all", "account:end_others"}
VARIES = re.compile(
    r"[0-9a-f-]{36}|value=\"\w{64}\"|data-left=\"\d+\"|data-doorbell-ticket=\"[^\"]*\"|[\w-]{43,}|Expires: [^\r]*"
)


@dataclass
class Neighbourhood:
    """The demonstration, and a neighbour whose every text bears the mark: what names each of its rows."""

    visitors: Visitors
    theirs: dict[str, list[str]]


@pytest.fixture(scope="module")
def written(django_db_setup, django_db_blocker) -> Iterator[Neighbourhood]:
    """Both firms, committed: the mark is put by another connection, which may write over what is kept for ever."""
    with django_db_blocker.unblock(), demonstration() as visitors:
        neighbour = neighbour_of(visitors)
        theirs = identifiers_of(neighbour, visitors.own_firm)
        with django_db_setup.connect(connection.settings_dict["NAME"], user=SUPERUSER) as superuser:
            columns, refused = mark(neighbour, apart_from=visitors.own_firm, by=superuser)
        assert columns > 45, (columns, refused)
        yield Neighbourhood(visitors, theirs)
        TransactionTestCase._fixture_teardown(None)


@pytest.fixture
def neighbourhood(written, db) -> Neighbourhood:
    return written


def identifiers_of(firm, own) -> dict[str, list[str]]:
    """Return everything that names a row of a firm, by the name of its model: keys, public ids, numbers, digests."""
    found: dict[str, list[str]] = {}
    for model, keys in keys_of(firm, apart_from=own).items():
        named = {"number", "client_number", "sha256", "link_hash"}
        fields = [
            each.name
            for each in model._meta.fields
            if each.primary_key or isinstance(each, UUIDField) or each.name in named
        ]
        values = model._base_manager.filter(pk__in=keys).values_list(*fields)
        found[model.__name__.lower()] = sorted({str(value) for row in values for value in row if value})
    return found


def text_of(response) -> str:
    """Return everything that an answer says: its head, and its body unpacked."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    body = gzip.decompress(body) if response.get("Content-Encoding") == "gzip" else body
    return f"{response.serialize_headers().decode('latin-1')}\n{body.decode(errors='replace')}"


# TI-2: the mark


def answers_to(visitors: Visitors) -> Iterator[tuple[str, str, str]]:
    """Yield every answer to the people of the first firm: who asks, where, and everything that it says."""
    pages = [each for each in pages_of(visitors) if each[0] in OF_THE_FIRM]
    pages = list(in_both_languages(pages)) if FULL_SIZE else pages
    asked = [(who, address) for who, address, _ in pages]
    named = [address for name, address in addresses(visitors.own_firm.public_id).items() if name not in ENDS]
    asked += [(who, each) for each in named for who in (OF_THE_FIRM if FULL_SIZE else ("rse",))]
    browsers = {who: visitors.browser(who) for who in OF_THE_FIRM}
    with spared():
        for who, address in dict.fromkeys(asked):
            yield who, address, text_of(browsers[who].get(address))


@pytest.mark.drill("TI-2")
def test_no_answer_bears_the_mark_of_another_firm(neighbourhood, caplog, drill):
    visitors, wrong, read = neighbourhood.visitors, [], 0
    for who, address, said in answers_to(visitors):
        read += 1
        wrong += [(who, address)] * (MARK in said)
    ours = [visitors.actors[who].login.email for who in OF_THE_FIRM]
    said = [each.message().as_string() for each in mail.outbox if set(each.to) & set(ours)]
    said += [f"{each.subject}{each.text}" for each in Mail.objects.filter(to__in=ours).order_by("id")]
    drill.record.trials, drill.record.failures = read, len(wrong)
    assert wrong == []
    assert MARK not in caplog.text
    assert not [each for each in said if MARK in each]


def test_a_forgotten_filter_is_found_by_the_mark(neighbourhood, monkeypatch):
    visitors = neighbourhood.visitors
    monkeypatch.setattr(permissions, "reach_firm", lambda *_, **__: reach_all())  # no second net
    monkeypatch.setattr(pages_of_filings, "filings_in", lambda *_: Filing.objects.select_related("registrant"))
    address = f"/d/{visitors.own_firm.public_id}/demandes"
    assert MARK in text_of(visitors.browser("rse").get(address))


# TI-3: the identifiers


def questions(own, theirs: dict[str, list[str]], names=()) -> Iterator[tuple[tuple, partial, str]]:
    """Yield what is asked with another's identifiers: of what view, where in it, how to address it, which identifier."""
    known = SAMPLES | {"firm": own.public_id} | real_ones(own.public_id) | real_accesses(own.public_id) | real_roles()
    everything = sorted({each for values in theirs.values() for each in values})
    for number, name in enumerate(names or [each for each in RULES if each not in ENDS]):
        asked = {each: known[each] for each in sorted(arguments_of(name))}
        for argument in [each for each in asked if isinstance(known[each], UUID)]:
            fitting = theirs.get(argument) or theirs.get(f"filing{argument}") or theirs["enterprise"]
            values = [*uuids(fitting), *uuids(everything)[number % 7 :: 7]]
            for value in list(dict.fromkeys(values))[:TRIED]:
                yield (name, argument), partial(in_the_path, name, asked, argument), value
        for place, slipped in enumerate(SLIPPED):
            if FULL_SIZE or (isinstance(RULES[name], InFirm) and (number + place) % len(SLIPPED) == 0):
                value = everything[(number * 31 + place * 7) % len(everything)]
                yield (name, "?", slipped, len(value)), partial(in_the_query, name, asked, slipped), value


def uuids(values: list[str]) -> list[str]:
    return [each for each in values if len(each) == LENGTH_OF_A_UUID]


def in_the_path(name: str, asked: dict, argument: str, value: str) -> str:
    return reverse(name, kwargs=asked | {argument: value})


def in_the_query(name: str, asked: dict, slipped: str, value: str) -> str:
    return f"{reverse(name, kwargs=asked)}?{slipped}={value}"


def told_apart(neighbourhood: Neighbourhood, names=()) -> tuple[int, list]:
    """Return how many questions were asked, and those where what is another's is told apart from what is nowhere."""
    visitors = neighbourhood.visitors
    browser, asked, wrong, nowhere = visitors.browser("rse"), 0, [], {}

    def answer(method, address, value):
        sent = dict.fromkeys(SLIPPED, value) if method == "POST" else None
        with forgotten():
            return heard(getattr(browser, method.lower())(address, sent, headers={"X-Firm": value}), value)

    with spared(pages=False):
        for key, to, value in questions(visitors.own_firm, neighbourhood.theirs, names):
            absent = str(uuid4()) if len(value) == LENGTH_OF_A_UUID else re.sub(r"\d", "9", value)
            for method in ("GET", "POST") if FULL_SIZE or isinstance(RULES[key[0]], InFirm) else ("GET",):
                asked += 1
                if (method, key) not in nowhere:
                    nowhere[method, key] = answer(method, to(absent), absent)
                told = answer(method, to(value), value)
                if told != nowhere[method, key]:
                    wrong.append((method, to(value), *difference(told, nowhere[method, key])))
    return asked, wrong


def difference(told: tuple[int, str], nowhere: tuple[int, str]) -> tuple[object, ...]:
    """Return what an answer says otherwise: its status, and the first lines that differ."""
    lines = zip(told[1].splitlines(), nowhere[1].splitlines(), strict=False)
    return told[0], nowhere[0], *next(((mine, other) for mine, other in lines if mine != other), ("", ""))


def heard(response, value: str) -> tuple[int, str]:
    """Return an answer without what names what was asked, and what varies by itself: tokens of forms, seconds."""
    said = VARIES.sub("", text_of(response).replace(value, "") if len(value) > SHORT else text_of(response))
    return response.status_code, re.sub(r"\d", "", said) if value.isdigit() else said


@pytest.mark.drill("TI-3")
def test_identifiers_of_another_firm_open_no_more_than_those_of_nothing(neighbourhood, drill):
    assert {"filing", "proxy", "designation", "submission", "person"} <= neighbourhood.theirs.keys()
    drill.record.trials, wrong = told_apart(neighbourhood)
    drill.record.failures = len(wrong)
    assert wrong == []


def test_a_view_that_forgets_whose_it_is_is_told_apart(neighbourhood, monkeypatch):
    monkeypatch.setattr(permissions, "reach_firm", lambda *_, **__: reach_all())  # no second net
    monkeypatch.setattr(pages_of_filings, "get_object_or_404", lambda _, **named: get_object_or_404(Filing, **named))
    _asked, wrong = told_apart(neighbourhood, names=["firm:filing"])
    assert [each[0] for each in wrong if "?" not in each[1]] == ["GET"]
