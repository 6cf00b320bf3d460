"""Compile the message catalogues, without system gettext."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.reloader import translation_file_changed

from mandat.platform.texts.catalogue import compile_catalogues


class Command(BaseCommand):
    """Compile what has changed since the last time; every start of the product runs it."""

    help = "Compile the message catalogues into the folder the product reads, unless they are up to date."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        """Compile, and say how many catalogues had to be."""
        written = compile_catalogues(settings.ROOT / "locale", Path(settings.LOCALE_PATHS[0]))
        # This process may have read the old ones, or none; another that starts beside it may have compiled them since.
        translation_file_changed(None, Path("django.mo"))
        if options["verbosity"]:
            self.stdout.write(f"Texts: {len(written)} catalogues compiled.")
