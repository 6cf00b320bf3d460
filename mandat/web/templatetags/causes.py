"""What stops a firm, for the pages that say so: which source, as of when, and what repairs it."""

from datetime import datetime
from typing import Any

from django import template

from mandat.access.stopped import standings_of
from mandat.access.stopping import told
from mandat.enterprises.models import Enterprise

register = template.Library()


@register.simple_tag
def stopped_by(firm: Enterprise, at: datetime) -> list[dict[str, Any]]:
    """Return the causes that stop a firm now, in words; none if somebody did it by hand."""
    return [told(each, at) for each in standings_of(firm, at) if each.stops(at)]


def announced(firm: Enterprise, at: datetime) -> list[dict[str, Any]]:
    """Return the causes that will stop a firm and have not yet, in words."""
    return [told(each, at) for each in standings_of(firm, at) if each.is_announced(at)]


@register.filter
def node_of(cause: dict[str, Any]) -> str:
    """Return the node that shows what a cause does: stopped, to come, or nothing."""
    if cause["stops"]:
        return "no"
    return "due" if cause["is_announced"] else "pause" if cause["aside_until"] else "info"
