"""A firm at home: those in charge, its users, and their browsers."""

import uuid
from datetime import timedelta
from itertools import count

from mandat.access.commands import grant_proxies
from mandat.access.rights import Right
from mandat.access.tests.factories import (
    DesignationFactory,
    EnterpriseFactory,
    PersonFactory,
    ServiceProviderFactory,
    ServiceRegistrationFactory,
    UserFactory,
    actor,
)
from mandat.platform.clock import legal_day, now
from mandat.web.tests.conftest import browser_of

NUMBERS = count(1)
BLOCKS = ["BF-DOSSIER", "BF-FIN", "BF-REP"]


class House:
    """A firm that uses three blocks, its RSE, its RA, and a user who may do nothing yet."""

    def __init__(self):
        self.firm = EnterpriseFactory(name="Gestion Anse-Bleue inc.")
        self.registration = ServiceRegistrationFactory(
            enterprise=self.firm,
            provider=ServiceProviderFactory(),
            accepted_blocks=BLOCKS,
            client_number=f"3{next(NUMBERS):09}",
        )
        self.rse = actor(DesignationFactory(enterprise=self.firm).person)
        self.ra = actor(DesignationFactory(enterprise=self.firm, as_ra=True).person)
        self.user = actor(PersonFactory(given_name="Étienne", family_name="Gagnon-Roy"))
        UserFactory(enterprise=self.firm, person=self.user.person)
        self.at_rse, self.at_ra, self.at_user = (browser_of(each) for each in (self.rse, self.ra, self.user))
        self.until = legal_day(now()) + timedelta(days=30)

    def page(self, place=""):
        return f"/d/{self.firm.public_id}/{place}"

    def page_of(self, someone, place=""):
        return self.page(f"acces/{someone.person.public_id}/{place}")

    def give(self, *, rights=(Right.VIEW,), block="BF-REP", to=None):
        """Give a proxy as a page does, and return it."""
        holder = (to or self.user).person
        grant_proxies(
            key=uuid.uuid4(), registration=self.registration, person=holder, rights={block: rights}, until=self.until,
            by=self.rse,
        )  # fmt: skip
        return holder.proxies.get(block=block, revoked_at=None)


def text(answer, status=200):
    assert answer.status_code == status, (answer.status_code, answer.headers.get("Location"))
    return answer.content.decode()
