"""Another firm, as full as the first and with people of its own: nobody of the first may ever be shown its rows."""

from mandat.demo.filings import STORIES, Story, Teller
from mandat.demo.firms import FIRMS
from mandat.demo.world import registrant_of
from mandat.enterprises.models import Enterprise
from mandat.filings.workflow import State

NEIGHBOUR = 3


def neighbour_of(visitors) -> Enterprise:
    """Enrol the demonstration's fourth firm, give it the filings of the first, and return it."""
    world, firm = visitors.world, FIRMS[NEIGHBOUR]
    world.enrol(firm, *world.people_of(firm, NEIGHBOUR + 1))
    registrant = registrant_of(firm)
    teller = Teller(rse=world.rse_of[firm.client_number], officer=visitors.actors["officer"])
    for place, to in enumerate((State.UNDER_REVIEW, State.SUBMITTED, State.RETURNED, State.DRAFT)):
        teller.tell(Story(NEIGHBOUR, place, STORIES[place].in_days, STORIES[place].reason, to), registrant)
    return registrant.service_registration.enterprise
