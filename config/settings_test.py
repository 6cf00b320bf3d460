"""The settings of the tests: the product's own, in a folder and a database of their own, and stricter."""

import os
import tempfile

os.environ.setdefault("MANDAT_SECRET_KEY", "tests-only")
if "MANDAT_VAR" not in os.environ:
    os.environ["MANDAT_VAR"] = tempfile.mkdtemp(prefix="mandat-tests-")

from config.settings import *  # noqa: F403
from config.settings import VAR

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "files"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True  # nothing was collected
