"""The `mandat` command. Words may be joined by hyphens: `mandat load-reference` runs the command `load_reference`."""

import os
import sys


def main() -> None:
    """Run one command of the product; `up` and `verify-receipt` do so without loading Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    words = sys.argv[1:]
    if words[:1] == ["up"]:
        from mandat.platform.supervisor import up

        sys.exit(up(words[1:]))
    if words[:1] == ["verify-receipt"]:  # by whoever was given one: without settings, without a database
        from mandat.records.verifier import verify_receipt

        sys.exit(verify_receipt(words[1:]))
    from django.core.management import execute_from_command_line

    from mandat.platform.supervisor.folder import kept_secret, var_folder

    if not os.environ.get("MANDAT_SECRET_KEY") and (kept := kept_secret(var_folder())):
        os.environ["MANDAT_SECRET_KEY"] = kept  # as `up` does: a terminal beside it speaks to the same database

    named = [word.replace("-", "_") if place == 0 else word for place, word in enumerate(words)]
    execute_from_command_line(["mandat", *named])
