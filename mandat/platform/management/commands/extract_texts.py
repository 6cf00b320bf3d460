"""Bring the English catalogue up to date with the source."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from mandat.platform.texts.catalogue import update
from mandat.platform.texts.messages import messages_of


class Command(BaseCommand):
    """Write locale/en/LC_MESSAGES/django.po anew from the sentences of the source, keeping every translation."""

    help = "Bring the English catalogue up to date: new sentences are left empty, those nobody says any more go."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what to do with the parts."""
        parser.add_argument(
            "--merge-parts", action="store_true", help="delete locale/en/parts/*.po once the catalogue holds them"
        )

    def handle(self, **options: Any) -> None:
        """Write the catalogue, and say what is left to translate."""
        report = update(settings.ROOT / "locale", messages_of(settings.ROOT), drop_parts=options["merge_parts"])
        self.stdout.write(f"{report.kept} translated, {len(report.new)} to translate, {len(report.gone)} gone.")
        for word, sentences in (("to translate", report.new), ("gone", report.gone)):
            for sentence in sentences:
                self.stdout.write(f"  {word}: {sentence}")
        for path in report.merged:
            self.stdout.write(f"  merged and removed: {path.relative_to(settings.ROOT)}")
