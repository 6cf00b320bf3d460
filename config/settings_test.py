"""The settings of the tests: the product's own, in a folder and a database of their own, and stricter."""

import os
import tempfile

os.environ.setdefault("MANDAT_SECRET_KEY", "tests-only")
os.environ.setdefault("MANDAT_VAR", tempfile.mkdtemp(prefix="mandat-tests-"))

from config.settings import *  # noqa: F403
from config.settings import TEMPLATES, VAR



class Undefined(str):
    """What a template prints for a variable that its view did not give: a failure, not a blank."""

    __slots__ = ()

    def __contains__(self, key: object) -> bool:
        return key == "%s" or super().__contains__(str(key))

    def __mod__(self, variable: object) -> str:
        raise UndefinedVariable(f"{{{{ {variable} }}}}")


class UndefinedVariable(Exception):
    """A template prints a variable that its view did not give."""


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = Undefined("undefined")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "files"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
