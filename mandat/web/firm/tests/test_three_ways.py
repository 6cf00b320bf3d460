"""AZ-8: on generated worlds, the decision, the lists and what the pages offer say the same: offered if and only if let do."""

import random
import uuid

import pytest
from django.db.models import CharField, Value

from mandat.access import place as where
from mandat.access.decision import Decision, Right, decide
from mandat.access.queries import enterprises_of, may, people_who_can
from mandat.access.tests.factories import (
    BLOCK,
    DesignationFactory,
    EnterpriseFactory,
    PersonFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    UserFactory,
    actor,
)
from mandat.enterprises.models import Enterprise
from mandat.filings.models import Filing
from mandat.platform.clock import now
from mandat.register.tests.factories import RegistrantFactory
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db

FIRMS = [{}, {}, {}, {"in_recovery": True}, {"suspended": True}, {"closed": True}]
SERVICES = [{}, {}, {}, {"suspended": True}, {"accepted_blocks": []}]
PLACES = [None, None, {}, {"as_ra": True}, {"ended": True}, {"not_yet": True}, {"revoked": True}]
PROXIES = [
    None, {}, {}, {"to_view": True}, {"rights": ["view", "prepare"]}, {"rights": ["pay"]}, {"ended": True},
    {"not_yet": True}, {"revoked": True}, {"needs_second": True},
]  # fmt: skip
IN_BLOCKS = [Right.VIEW, Right.PREPARE, Right.SIGN, Right.PAY]


class Place:
    """A firm as the dice made it, and one person there, with a browser."""

    def __init__(self, dice):
        self.firm = EnterpriseFactory(**dice.choice(FIRMS))
        services = ServiceRegistrationFactory(enterprise=self.firm, **dice.choice(SERVICES))
        RegistrantFactory(service_registration=services)
        self.by = actor(PersonFactory())
        UserFactory(enterprise=self.firm, person=self.by.person)
        for factory, fates in ((DesignationFactory, PLACES), (ProxyFactory, PROXIES)):
            if (fate := dice.choice(fates)) is not None:
                factory(enterprise=self.firm, person=self.by.person, **fate)
        self.page, self.browser = f"/d/{self.firm.public_id}", browser_of(self.by)
        self.begin = f"{self.page}/demandes/nouvelle/REP-RETRAIT"

    def decides(self, right):
        block = None if right in (Right.ADMINISTER, Right.DESIGNATE) else BLOCK
        return bool(decide(self.by.person, right, self.firm, block, now()))

    def shows(self, address, sign):
        """Tell whether a page opens and shows something."""
        answer = self.browser.get(address)
        return answer.status_code == 200 and sign in answer.content.decode()


def disagreements(place):
    """Return what one way says and another does not."""
    at, person = now(), place.by.person
    rows = Enterprise.objects.annotate(block=Value(BLOCK, output_field=CharField())).filter(pk=place.firm.pk)
    for right in [*IN_BLOCKS, Right.ADMINISTER, Right.DESIGNATE]:
        decided = place.decides(right)
        if decided is not people_who_can(place.firm, right, BLOCK, at).filter(pk=person.pk).exists():
            yield right, "who may"
        if decided is not rows.filter(may(person, right, enterprise="pk", block="block", at=at)).exists():
            yield right, "where one may"
    opens = place.browser.get(f"{place.page}/").status_code == 200
    if opens is not enterprises_of(person, at).filter(pk=place.firm.pk).exists():
        yield "firm", "which firms"
    yield from (("prepare", each) for each in offers_of_beginning(place))
    administers = place.decides(Right.ADMINISTER)
    if place.shows(f"{place.page}/acces/", f'href="{place.page}/acces/nouvelle-personne"') is not administers:
        yield Right.ADMINISTER, "the offer of a new person"
    if (place.browser.get(f"{place.page}/acces/nouvelle-personne").status_code == 200) is not administers:
        yield Right.ADMINISTER, "the page of a new person"


def offers_of_beginning(place):
    decided = place.decides(Right.PREPARE)
    if place.shows(f"{place.page}/demandes", f'href="{place.begin}"') is not decided:
        yield "the offer to begin"
    if place.shows(place.begin, 'name="key"') is not (decided and place.decides(Right.VIEW)):
        yield "the form that begins"
    before = Filing.objects.count()
    place.browser.post(place.begin, {"key": str(uuid.uuid4())})
    if (Filing.objects.count() > before) is not decided:
        yield "what is begun"


@pytest.mark.drill("AZ-8")
def test_decision_lists_and_pages_say_the_same_on_any_world(drill):
    found = []
    for seed in range(drill.size(12, full=300)):
        found += [(seed, *each) for each in disagreements(Place(random.Random(seed)))]
    drill.record.failures = len(found)
    assert not found


def test_a_page_that_offers_what_is_refused_would_be_found(monkeypatch):
    """Were pages to offer everything, the offers would be more than what is let do."""
    monkeypatch.setattr(where.Place, "decide", lambda *_, **__: Decision())
    found = [what for seed in range(4) for _, what in disagreements(Place(random.Random(seed)))]
    assert {"the offer to begin", "the offer of a new person"} <= set(found)
