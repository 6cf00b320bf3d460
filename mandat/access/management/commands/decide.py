"""`mandat decide PERSON RIGHT [ENTERPRISE [BLOCK]]`: who may act, and why, from the command line."""

import json
import os
import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from mandat.access.decision import Decision, QuestionIncomplete, Right, decide
from mandat.access.links import Link
from mandat.access.queries import who_can_supply
from mandat.access.words import in_words
from mandat.enterprises.models import Enterprise, Identifier
from mandat.identity.models import Person
from mandat.identity.queries import link_of, login_named
from mandat.platform.clock import now

BAD_INPUT = 2


class Command(BaseCommand):
    """Answers one question; exits 0 for a yes, 1 for a no, 2 when it could not be asked."""

    help = "Tell whether a person holds a right, by which chain, or which link is missing and who can supply it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the words of the question."""
        parser.add_argument("person", help="public id, user code or e-mail address")
        parser.add_argument("right", help=", ".join(Right.values))
        parser.add_argument("enterprise", nargs="?", help="public id or NEQ; none for a right of the staff")
        parser.add_argument("block", nargs="?", help="catalogue code, such as BF-REP")
        parser.add_argument("--at", help="an instant, ISO 8601 with its offset; now unless told")
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *_args: Any, **asked: Any) -> None:
        """Answer in the language of the caller's terminal."""
        with translation.override(language_of_the_terminal()):
            at = instant(asked["at"]) if asked["at"] else now()
            enterprise = find_enterprise(asked["enterprise"], at) if asked["enterprise"] else None
            try:
                right = Right(asked["right"])
                decision = decide(find_person(asked["person"]), right, enterprise, asked["block"], at)
            except QuestionIncomplete as incomplete:
                raise bad(
                    _("Ce droit s’exerce dans une entreprise, parfois dans un bloc : nommez-les.")
                ) from incomplete
            except ValueError as unknown:
                raise bad(_("Ce droit est inconnu : %(right)s.") % {"right": asked["right"]}) from unknown
            self.stdout.write(as_json(decision, enterprise, at) if asked["json"] else as_text(decision, enterprise, at))
        if not decision:
            sys.exit(1)


def language_of_the_terminal() -> str:
    """Return `en` for an English terminal, and otherwise French."""
    named = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "en" if named.lower().startswith("en") else "fr"


def bad(message: str) -> CommandError:
    """Return the error that says why a question could not be asked."""
    return CommandError(message, returncode=BAD_INPUT)


def instant(written: str) -> datetime:
    """
    Return an instant as it was written.

    :raises CommandError: if it is none, or has no offset
    """
    try:
        at = parse_datetime(written)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise bad(_("L’instant n’est pas écrit selon la norme ISO 8601, décalage compris : %(at)s.") % {"at": written})
    return at


def find_person(named: str) -> Person:
    """
    Return a person by their public id, or by a login of theirs.

    :raises CommandError: if there is none
    """
    if public_id := as_uuid(named):
        person = Person.objects.filter(public_id=public_id).first()
    else:
        login = login_named(named)
        link = link_of(login) if login else None
        person = link.person if link else None
    if person is None:
        raise bad(_("Cette personne est inconnue : %(name)s.") % {"name": named})
    return person


def find_enterprise(named: str, at: datetime) -> Enterprise:
    """
    Return an enterprise by its public id, or by the NEQ it has at an instant.

    :raises CommandError: if there is none
    """
    if public_id := as_uuid(named):
        enterprise = Enterprise.objects.filter(public_id=public_id).first()
    else:
        known_by = {"identifiers__kind": Identifier.Kind.NEQ, "identifiers__value": named}
        enterprise = Enterprise.objects.filter(**known_by, identifiers__during__contains=at).first()
    if enterprise is None:
        raise bad(_("Cette entreprise est inconnue : %(name)s.") % {"name": named})
    return enterprise


def as_uuid(named: str) -> UUID | None:
    """Return a public id, or None when it is some other name."""
    try:
        return UUID(named)
    except ValueError:
        return None


def as_text(decision: Decision, enterprise: Enterprise | None, at: datetime) -> str:
    """Return the answer for a person: yes or no, why, the chain, and who can help."""
    lines = [_("Oui.") if decision else _("Non."), in_words(decision)]
    lines += [f"  – {link.kind.label}, {', '.join(facts_of(link))}" for link in decision.chain]
    if offered := who_can_supply(decision, enterprise, at):
        lines += [str(offered.helper.label), *(f"  – {person} ({person.public_id})" for person in offered.people)]
    return "\n".join(lines)


def facts_of(link: Link) -> list[str]:
    """Return what a link says for itself: its state, its dates, its id and who gave it."""
    record = link.as_record()
    return [record[name] for name in ("state", "start", "end", "id", "given_by") if name in record]


def as_json(decision: Decision, enterprise: Enterprise | None, at: datetime) -> str:
    """Return the answer for a program."""
    record = decision.as_record() | {"at": at.isoformat(), "in_words": in_words(decision)}
    if offered := who_can_supply(decision, enterprise, at):
        people = [str(person.public_id) for person in offered.people]
        record["can_help"] = {"helper": offered.helper.value, "people": people}
    return json.dumps(record, ensure_ascii=False)
