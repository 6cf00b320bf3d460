"""Who reacts to what: one page. Handlers take ids, and may run twice; `platform.events` says in what order."""

from mandat.filings import events as filings
from mandat.filings.handlers import keep_case
from mandat.platform.events import Subscriptions

SUBSCRIPTIONS: Subscriptions = {
    filings.FilingSubmitted: [keep_case],
    filings.FilingTakenUp: [keep_case],
    filings.FilingReturned: [keep_case],
    filings.FilingAccepted: [keep_case],
    filings.FilingRefused: [keep_case],
    filings.FilingWithdrawn: [keep_case],
}
