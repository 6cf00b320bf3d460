"""What filings, their states and their moves are called on a page."""

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandat.filings.definition import FilingType
from mandat.filings.models import Filing, FilingMove
from mandat.filings.registry import UnknownFilingType, current
from mandat.filings.workflow import Move, State
from mandat.register.models import Registration
from mandat.register.vocabulary import Standing

register = template.Library()

NODES = {
    State.DRAFT: "next",
    State.SUBMITTED: "now",
    State.UNDER_REVIEW: "now",
    State.RETURNED: "due",
    State.ACCEPTED: "done",
    State.REFUSED: "no",
    State.WITHDRAWN: "next",
}
MOVES = {
    Move.SUBMIT: gettext_lazy("Signée et déposée"),
    Move.TAKE_UP: gettext_lazy("Prise en charge par l’Autorité"),
    Move.RETURN: gettext_lazy("Correction demandée"),
    Move.ACCEPT: gettext_lazy("Acceptée"),
    Move.REFUSE: gettext_lazy("Refusée"),
    Move.WITHDRAW: gettext_lazy("Retirée par la firme"),
}
#: What a person is told they acted as, by what the record of the act says.
CAPACITIES = {
    "rse": gettext_lazy("responsable des services électroniques"),
    "ra": gettext_lazy("représentant autorisé"),
    "proxy": gettext_lazy("titulaire d’une procuration"),
    "naming": gettext_lazy("habilité par une organisation mandataire"),
}


@register.filter
def filing_node(filing: Filing) -> str:
    """Return the node that shows the state of a filing."""
    return NODES[State(filing.state)]


@register.filter
def move_node(move: FilingMove) -> str:
    """Return the node of something that has happened to a filing."""
    return {Move.REFUSE: "no", Move.RETURN: "due"}.get(Move(move.move), "done")


@register.filter
def move_title(move: FilingMove) -> str:
    """Return what has happened to a filing, in a few words."""
    if move.move == Move.SUBMIT and move.before == State.RETURNED:
        return _("Corrigée et déposée de nouveau")
    return str(MOVES[Move(move.move)])


@register.filter
def field_label(name: str, filing: Filing) -> str:
    """Return what a field of a filing is called."""
    return label_of(filing.filing_type, name)


def label_of(kind: FilingType[Any], name: str) -> str:
    """Return what a field of a type is called; its name where the type does not have it."""
    step = kind.step_of(name)
    return str(step.base_fields[name].label) if step else name


@register.filter
def title_as_filed(content: dict[str, Any]) -> str:
    """Return the title of a filing's type in the language of the page; as it was filed once the type is gone."""
    try:
        return str(current(content["type"]["code"]).title)
    except UnknownFilingType:
        return str(content["type"]["title"])


@register.filter
def capacities(values: list[str]) -> str:
    """Return in what capacity somebody acted."""
    return ", ".join(str(CAPACITIES.get(each, each)) for each in values)


@register.filter
def standing_node(registration: Registration) -> str:
    """Return the node that shows the state of a registration."""
    return {Standing.ACTIVE: "done", Standing.RESTRICTED: "due"}.get(Standing(registration.state), "pause")
