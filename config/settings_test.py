"""The settings of the tests: the product's own, in a folder and a database of their own, and stricter."""

import os
import tempfile

os.environ.setdefault("MANDAT_SECRET_KEY", "tests-only")
os.environ.setdefault("MANDAT_VAR", tempfile.mkdtemp(prefix="mandat-tests-"))

from config.settings import *  # noqa: E402, F403
from config.settings import TEMPLATES, VAR

#: What a template prints for a variable that nobody defined; conftest fails any page that holds it.
UNDEFINED = "⟦undefined %s⟧"
TEMPLATES[0]["OPTIONS"] = {**TEMPLATES[0]["OPTIONS"], "string_if_invalid": UNDEFINED}  # type: ignore[dict-item]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "files"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
