"""What happened to a role of the staff, in words: proposed, confirmed, refused, kept, not reviewed, ended."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from mandat.access.models import StaffAssignment
from mandat.access.workflow import AssignmentMove
from mandat.identity.models import Person


@dataclass(frozen=True)
class Moment:
    """One thing that happened, when, by whom and why."""

    at: datetime
    what: str
    node: str
    person: str = ""  # the public id, until the name is known
    reason: str = ""


def life_of(role: StaffAssignment) -> list[Moment]:
    """Return what happened to a role, the first thing first, and who did it."""
    told = [_begun(role)]
    known = list(role.history.order_by("id"))
    said: dict[str, tuple[str, str]] = {
        AssignmentMove.CONFIRM: (_("Confirmé par un second superviseur"), "done"),
        AssignmentMove.WITHDRAW: (_("Proposition retirée"), "no"),
        AssignmentMove.REFUSE: (_("Proposition refusée"), "no"),
        AssignmentMove.KEEP: (_("Revu et gardé"), "done"),
        AssignmentMove.END: (_("Terminé"), "no"),
        AssignmentMove.LAPSE: (_("Proposition tombée, sans réponse"), "no"),
        AssignmentMove.MISS_REVIEW: (_("Revue manquée, superviseurs avisés"), "due"),
        AssignmentMove.END_UNREVIEWED: (_("Terminé : personne ne l’a revu"), "no"),
    }
    told += [Moment(each.at, *said[each.move], each.authority.get("person", ""), each.reason) for each in known]
    told += _from_before(role, {each.move for each in known})
    return _named(sorted(told, key=lambda each: each.at))


def _begun(role: StaffAssignment) -> Moment:
    under: dict[str, Any] = role.granted_under
    at = datetime.fromisoformat(under["at"]) if "at" in under else role.during.lower
    if role.first:
        return Moment(at, _("Donné par l’exploitant du service"), "done")
    return Moment(at, _("Proposé"), "now", under.get("person", ""))


def _from_before(role: StaffAssignment, moves: set[str]) -> list[Moment]:
    """Return what was done before each move left a line of its own, or by the operator."""
    told = []
    if role.confirmed_at and AssignmentMove.CONFIRM not in moves:
        under = role.confirmed_under or {}
        told.append(Moment(role.confirmed_at, _("Confirmé par un second superviseur"), "done", under.get("person", "")))
    if role.revoked_at and not moves & set(AssignmentMove) - {
        AssignmentMove.CONFIRM, AssignmentMove.KEEP, AssignmentMove.MISS_REVIEW,
    }:  # fmt: skip
        under = role.revoked_under or {}
        told.append(Moment(role.revoked_at, _("Terminé"), "no", under.get("person", ""), role.revocation_reason))
    return told


def _named(told: list[Moment]) -> list[Moment]:
    ids = {each.person for each in told if each.person}
    who = {str(each.public_id): str(each) for each in Person.objects.filter(public_id__in=ids)}
    return [replace(each, person=who.get(each.person, "")) for each in told]
