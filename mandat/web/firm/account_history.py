"""What happened to a firm as a whole, in words: its account, its services, its name, what registers said of it."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mandat.access.causes import Cause, fact_of, label_of
from mandat.access.models import StaffAssignment
from mandat.enterprises.models import (
    Enterprise,
    EnterpriseHistory,
    NameChange,
    RegistrationHistory,
    ReportHistory,
    ReportSource,
)
from mandat.enterprises.workflow import EnterpriseState, RegistrationState
from mandat.platform.clock import legal_day
from mandat.platform.text import day_in_words
from mandat.web.templatetags.words import provider_name

#: The kinds of rows of a history that are of the firm, and of nobody in it.
OF_THE_FIRM = ("services", "account", "heard", "name")


def of_the_account(firm: Enterprise) -> list[tuple[str, QuerySet[Any]]]:
    """Return each kind of row that tells of a firm's account, with those of this firm."""
    return [
        ("account", EnterpriseHistory.objects.filter(enterprise=firm)),
        ("heard", ReportHistory.objects.filter(enterprise=firm)),
        ("name", NameChange.objects.filter(enterprise=firm)),
    ]


def in_its_words(row: EnterpriseHistory | RegistrationHistory | ReportHistory | NameChange) -> tuple[str, str]:
    """Return what happened, and the node that shows it."""
    if isinstance(row, NameChange):
        return _("Nouveau nom : %(after)s, au lieu de %(before)s") % {"after": row.after, "before": row.before}, "done"
    if isinstance(row, ReportHistory):
        return _heard(row)
    if isinstance(row, EnterpriseHistory):
        is_well = row.after == EnterpriseState.ACTIVE
        said = {"state": EnterpriseState(row.after).label.lower()}
        return _("Compte de la firme : %(state)s") % said, "done" if is_well else "no"
    state = RegistrationState(row.after)
    said = {"provider": provider_name(row.registration.provider), "state": state.label.lower()}
    node = {RegistrationState.ACTIVE: "done", RegistrationState.IN_PROCESS: "now", RegistrationState.SUSPENDED: "pause"}
    return _("Inscription aux services, %(provider)s : %(state)s") % said, node.get(state, "no")


def is_of_the_firm(under: Mapping[str, Any]) -> bool:
    """Tell whether somebody of the firm acted: a firm is told of the desk, not of the persons who sit at it."""
    return bool({"ra", "rse"} & set(under.get("capacities", ())))


def is_of_the_desk(under: Mapping[str, Any]) -> bool:
    """Tell whether the verification desk acted: a firm is told of the desk, and not of who sits at it."""
    return StaffAssignment.Role.VERIFIER in under.get("capacities", ())


def told_reason(row: EnterpriseHistory | RegistrationHistory | ReportHistory | NameChange) -> str:
    """Return the reason that a firm may read: that of a registration's moves. The staff's own words stay with them."""
    return row.reason if isinstance(row, RegistrationHistory) else ""


def _heard(row: ReportHistory) -> tuple[str, str]:
    said = {"source": label_of(row.source), "day": day_in_words(legal_day(row.as_of))}
    labels = [Cause(each.cause).label if each.cause in Cause else each.cause for each in map(fact_of, row.facts)]
    if row.source == ReportSource.STAFF:
        return (
            (_("Compte suspendu par le personnel"), "no")
            if labels
            else (_("Suspension levée par le personnel"), "done")
        )
    if not labels:
        return _("%(source)s, au %(day)s : plus aucune cause d’arrêt") % said, "done"
    said["causes"] = ", ".join(str(each) for each in labels)
    return _("%(source)s, au %(day)s : %(causes)s") % said, "no"
