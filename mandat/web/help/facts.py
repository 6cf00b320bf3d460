"""
What articles say of the reference data: `{enrolment-draft-days}`, `{blocks}`, `{contacts}`.

A number written in an article would lie the day the regulator changes it.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property

from django.utils.translation import gettext as _

from mandat.enrolment.queries import expected_delay
from mandat.platform.clock import legal_day, now
from mandat.reference.models import Entry
from mandat.reference.queries import entries

FACT = re.compile(r"\{([a-z0-9-]+)\}")
#: The lists whose codes may be named.
LISTS = ("policy", "identity_policy")


class Facts:
    """What the reference data say today, read when an article first asks."""

    def fill(self, text: str) -> str:
        """Return a text with its facts; a name that nothing bears is left as it was written."""
        return FACT.sub(lambda found: self.say(found[1]) or found[0], text)

    def say(self, name: str) -> str:
        """Return one fact, in the language of the page; nothing if nothing bears that name."""
        if name == "expected-days":
            return str(max(1, round(expected_delay(now()) / timedelta(days=1))))
        if name == "blocks":
            return "\n".join(f"- **{each.label}.** {each.value('scope')}" for each in entries("block", self.day))
        if name == "contacts":
            return self.contacts
        return self.values.get(name, "")

    @cached_property
    def day(self) -> date:
        """Return today, by law."""
        return legal_day(now())

    @cached_property
    def values(self) -> Mapping[str, str]:
        """Return every policy's value."""
        found = [each for kind in LISTS for each in entries(kind, self.day)]
        return {each.code: str(each.values["value"]) for each in found if "value" in each.values}

    @cached_property
    def contacts(self) -> str:
        """Return who can be reached, each with the means that there are."""
        found = list(entries("contact", self.day))
        said = [_contact(each) for each in found]
        if not all(each.is_verified for each in found):
            said.insert(0, f"> {_('Coordonnées d’exemple : l’organisme les remplace par les siennes.')}")
        return "\n\n".join(said)


def _contact(entry: Entry) -> str:
    lines = [f"### {entry.label}", entry.value("purpose")]
    means = [
        (_("Téléphone"), entry.values.get("phone", "")),
        (_("Courriel"), entry.values.get("email", "")),
        (_("Heures"), entry.value("hours")),
    ]
    lines.append("\n".join(f"- **{_('%(name)s :') % {'name': name}}** {said}" for name, said in means if said))
    return "\n\n".join(lines)
