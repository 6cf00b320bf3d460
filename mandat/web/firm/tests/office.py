"""A firm at its desk: representatives to withdraw, people with browsers, an officer with theirs."""

import re
from uuid import UUID

from mandat.access.rights import Right
from mandat.filing_types.tests.driving import Office
from mandat.filings.models import Filing
from mandat.web.tests.conftest import browser_of

STEPS = ("representative", "cessation", "clients", "contact", "declaration")


class Desk(Office):
    """The browsers of those who write, sign and examine; and the addresses of the firm."""

    def __init__(self):
        super().__init__()
        self.at_signer, self.at_rse, self.at_officer = (
            browser_of(each) for each in (self.signer, self.rse, self.officer)
        )
        self.firm_page = f"/d/{self.firm.public_id}"

    def browser_with(self, *rights):
        """Return the browser of somebody whose proxy gives these rights and no other."""
        return browser_of(self.member(*rights))

    def page(self, filing, place=""):
        return f"{self.firm_page}/demandes/{filing.public_id}/{place}"

    def desk_page(self, filing, place=""):
        return f"/agence/demandes/{filing.public_id}/{place}"

    def typed(self, filing, **other):
        """Return what a page sends when every answer is good."""
        answers = self.answers(**other)
        sent = {name: "on" if value is True else value for name, value in answers.items() if value is not False}
        return sent | {"revision": Filing.objects.get(pk=filing.pk).revision}

    def submitted_withdrawal(self, **other):
        filing = self.written(**other)
        self.submit(filing)
        return Filing.objects.get(pk=filing.pk)


READS = (Right.VIEW,)
PREPARES = (Right.VIEW, Right.PREPARE)
SIGNS = (Right.VIEW, Right.PREPARE, Right.SIGN)


def text(answer, status=200):
    assert answer.status_code == status, (answer.status_code, answer.headers.get("Location"))
    return answer.content.decode()


def hidden(answer, name):
    """Return the value of a hidden field."""
    return re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())[1]


def filing_of(answer):
    """Return the filing that an answer leads to."""
    return Filing.objects.get(public_id=UUID(re.search(r"/demandes/([0-9a-f-]{36})/", answer.headers["Location"])[1]))
