"""A walk over every address, as each standing, by every method: what the gate answers, and what is around the answer."""

import traceback
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product

import pytest
from django.http import Http404, HttpResponse
from django.test import override_settings

from mandat.access.rights import RIGHTS_OF_STAFF, Right
from mandat.access.tests.factories import DesignationFactory, ProxyFactory
from mandat.enterprises.models import Enterprise
from mandat.web.permissions import RULES, Gate, InFirm, Public, Rule, SignedIn, Staff
from mandat.web.tests.headers import as_in_production, faults_of
from mandat.web.tests.neighbours import neighbour_of
from mandat.web.tests.samples import addresses
from mandat.web.tests.sparing import spared
from tests.drills.recorder import FULL_SIZE

OPENED, SIGN_IN, HIDDEN, REFUSED = "opened", 302, 404, 403
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
IN_THE_FIRM = {"ra", "rse", "user", "accountant"}
#: Who holds, in the demonstration, a right that a page of a firm asks for.
HOLDERS = {
    (Right.VIEW, "BF-DOSSIER"): {"rse", "user"},
    (Right.ADMINISTER, None): {"rse"},
    (Right.DESIGNATE, None): {"ra"},
}
RIGHTS = {
    "verifier1": Right.VERIFY,
    "officer": Right.EXAMINE,
    "finance": Right.COLLECT,
    "supervisor": Right.SUPERVISE,
    "auditor": Right.AUDIT,
}
#: “rse2” answers for two other firms.
EVERYBODY = ["nobody", "stranger", "rse2", *sorted(IN_THE_FIRM), *RIGHTS]
#: For these the views answer, by each method, and see that nothing breaks. For others, in `make test`, they answer GET
#: where rights are asked for, and one time in four elsewhere: what is unsafe stops at the gate, of which it is asked.
HEARD_OUT = set(EVERYBODY) if FULL_SIZE else {"nobody", "rse", "supervisor"}
#: What ends the session of whoever asks for it.
ENDS = {"account_logout", "account:end_all"}
#: How many addresses one sign-in serves: a proof of long ago would be asked for again.
FRESH_FOR = 70
STOPPED = 204


def expected(rule: Rule, who: str, *, is_own_firm: bool) -> object:
    """Return what the map promises to somebody, told independently of the code that keeps the promise."""
    if isinstance(rule, Public):
        return OPENED
    if who == "nobody":
        return SIGN_IN
    if isinstance(rule, InFirm):
        if who not in IN_THE_FIRM or not is_own_firm:
            return HIDDEN
        asked = [(right, rule.block) for right in (rule.right, rule.otherwise) if right]
        return OPENED if not asked or any(who in HOLDERS[each] for each in asked) else REFUSED
    if isinstance(rule, Staff):
        return HIDDEN if who not in RIGHTS else OPENED if RIGHTS[who] in (rule.rights or RIGHTS_OF_STAFF) else REFUSED
    assert type(rule) is SignedIn
    return OPENED


def methods_of(who: str, place: int, *, is_own_firm: bool) -> list[str]:
    """
    Return the methods that somebody tries at an address.

    In `make test`: a safe one and an unsafe one, and of another firm one of these in turn; one of those who are heard out
    tries one of the other methods too.
    """
    if FULL_SIZE:
        return METHODS
    turn = place + EVERYBODY.index(who)
    if not is_own_firm:
        return [METHODS[turn % 2]]
    more = [METHODS[2 + place % 5]] if who in HEARD_OUT and turn % 3 == 0 else []
    return ["GET", "POST", *more]


def ended_firm(visitors) -> Enterprise:
    """Return a firm where everybody of the demonstration’s stood once, and nobody stands any more."""
    firm = neighbour_of(visitors)
    people = {who: visitors.actors[who].person for who in IN_THE_FIRM}
    DesignationFactory(enterprise=firm, person=people["ra"], as_ra=True, ended=True)
    DesignationFactory(enterprise=firm, person=people["rse"], ended=True)
    for who in ("user", "accountant"):
        firm.users.filter(person=people[who]).update(revoked_at="2020-01-01T00:00Z", revoked_under={"test": True})
        firm.proxies_given.filter(person=people[who]).update(
            revoked_at="2020-01-01T00:00Z", revoked_under={"test": True}
        )
        ProxyFactory(enterprise=firm, person=people[who], ended=True)
    return firm


def stops_at_the_gate(rule: Rule, who: str, method: str, place: int) -> bool:
    """Tell whether the gate alone is asked, and not the view behind it."""
    if who in HEARD_OUT:
        return False
    asks_for_rights = isinstance(rule, InFirm | Staff) or (place + EVERYBODY.index(who)) % 4 == 0
    return method != "GET" or not asks_for_rights


@contextmanager
def listening() -> Iterator["Ear"]:
    """Hear what the gate answers; it lets nobody through while it is told to stop them."""
    ear, ask = Ear(), Gate.process_view

    def listen(gate, *request):
        try:
            response = ask(gate, *request)
        except Http404:
            ear.answers.append(HIDDEN)
            raise
        ear.answers.append(response.status_code if response else OPENED)
        return HttpResponse(status=STOPPED) if response is None and ear.stops else response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Gate, "process_view", listen)
        yield ear


@dataclass
class Ear:
    """What the gate answered, request by request, and whether those whom it admits stop there."""

    answers: list[object] = field(default_factory=list)
    stops: bool = False


@dataclass(frozen=True)
class Wrong:
    """An answer that the map does not promise, or a fault of ours."""

    name: str
    who: str
    firm: str
    method: str
    promised: object
    answered: tuple[object, ...]
    status: int
    fault: str  # what was raised, and where


class Everything:
    """What came of asking for every address."""

    def __init__(self, visitors) -> None:
        self.visitors = visitors
        self.probes = 0
        self.tried: set[tuple[str, str]] = set()
        self.wrong: list[Wrong] = []
        self.unguarded: list[tuple[str, str, str, str]] = []

    @classmethod
    def asked(cls, visitors, names: Collection[str] = (), but_for: Mapping[str, object] | None = None) -> "Everything":
        """Ask for every address, or for those named, as in production but for some settings."""
        everything = cls(visitors)
        with as_in_production(), override_settings(**(but_for or {})), spared(), listening() as ear:
            everything.ask_of("own", visitors.own_firm, names, ear)
            if not names:
                everything.ask_of("other", visitors.other_firm, names, ear)
                everything.ask_of("ended", ended_firm(visitors), names, ear)
        return everything

    def ask_of(self, firm: str, enterprise: Enterprise, names: Collection[str], ear: Ear) -> None:
        """Ask for the addresses that name a firm; for the others too, of the own firm or at full size."""
        known = addresses(enterprise.public_id)
        asked = [each for each in names or known if FULL_SIZE or firm == "own" or isinstance(RULES[each], InFirm)]
        for place, name in enumerate(asked):
            if place % FRESH_FOR == 0 or asked[place - 1] in ENDS:
                browsers = {who: self.visitors.browser(who) for who in EVERYBODY}
            for who in EVERYBODY:
                promised = expected(RULES[name], who, is_own_firm=firm == "own")
                for language, method in product(
                    ("", "/en") if FULL_SIZE else ("",), methods_of(who, place, is_own_firm=firm == "own")
                ):
                    ear.stops = stops_at_the_gate(RULES[name], who, method, place)
                    ear.answers.clear()
                    answer = browsers[who].generic(method, f"{language}{known[name]}", secure=True)
                    has_no_such = language and answer.status_code == HIDDEN and not ear.answers
                    if not has_no_such:
                        self.note((name, who, firm, method), promised, ear.answers, answer)
                    if name in ENDS:
                        browsers[who] = self.visitors.browser(who)

    def note(self, asked: tuple[str, str, str, str], promised: object, answered: list[object], answer) -> None:
        """Keep what was wrong with an answer."""
        name, who, _, method = asked
        self.probes += 1
        self.tried.add((name, who))
        if answered != [promised] or answer.status_code >= 500:
            self.wrong.append(Wrong(*asked, promised, tuple(answered), answer.status_code, fault_of(answer)))
        is_private = who != "nobody" and name not in ENDS
        self.unguarded += [(name, who, method, fault) for fault in faults_of(answer, is_private=is_private)]


def fault_of(answer) -> str:
    """Return what a view raised, and the last line of ours that it came through."""
    if not (raised := getattr(answer, "exc_info", None)):
        return ""
    ours = [each for each in traceback.extract_tb(raised[2]) if "mandat" in each.filename]
    return f"{raised[1]!r} at {ours[-1].filename}:{ours[-1].lineno}" if ours else repr(raised[1])
