"""Refuse texts that are untranslated, badly typed or half there."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mandat.platform.texts.gate import faults


class Command(BaseCommand):
    """Name every text at fault; exit 1 if there is one."""

    help = "Check every text: translated, same placeholders, well typed, in both languages. Exits 1 on a fault."
    requires_system_checks = ()

    def handle(self, **_options: Any) -> None:
        """Print each fault, and fail if there is one."""
        found = list(faults(settings.ROOT))
        for fault in found:
            self.stdout.write(fault)
        if found:
            raise CommandError(f"{len(found)} faults in the texts. How to write them: docs/words.md")
        self.stdout.write("Texts: no fault.")
