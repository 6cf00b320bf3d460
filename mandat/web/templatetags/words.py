"""What the trade's values are called on a page."""

from collections.abc import Iterable

from django import template
from django.utils.translation import gettext as _

from mandat.access.links import Kind
from mandat.access.place import Place
from mandat.access.rights import Right
from mandat.access.standing import CARRIED
from mandat.enterprises.models import ServiceProvider, ServiceRegistration
from mandat.platform.clock import last_day
from mandat.reference.models import Entry

register = template.Library()
register.filter("last_day", last_day)

State = ServiceRegistration.State
NODES = {
    State.ACTIVE: "done",
    State.IN_PROCESS: "now",
    State.SUSPENDED: "pause",
    State.REFUSED: "no",
    State.DEACTIVATED: "no",
}


@register.filter
def rights(values: Iterable[str]) -> str:
    """Return rights as a few words, in the order of the rights."""
    return ", ".join(str(right.label) for right in Right if right in values).capitalize()


@register.filter
def each_right(values: Iterable[str]) -> list[Right]:
    """Return rights in the order of the rights."""
    return [right for right in Right if right in values]


@register.filter
def right_of_role(role: str) -> str:
    """Return the right that a role of the staff carries."""
    return "".join(right.value for right in CARRIED[Kind.ASSIGNMENT, role])


@register.filter
def node(registration: ServiceRegistration) -> str:
    """Return the node that shows the state of a service registration."""
    return NODES[State(registration.state)]


@register.filter
def state_name(value: str) -> str:
    """Return what a state of a service registration is called."""
    return str(State(value).label)


@register.filter
def capacity(place: Place) -> str:
    """Return in what capacity a person acts for a firm, in a few words for the header."""
    return ", ".join(place.roles) or _("par procuration")


@register.filter
def scope(block: Entry) -> str:
    """Return what a block opens, in a sentence."""
    return block.value("scope")


@register.filter
def provider_name(provider: ServiceProvider) -> str:
    """Return the name of a provider in the language of the page."""
    return Entry.in_language("name", {"name_fr": provider.name_fr, "name_en": provider.name_en})
