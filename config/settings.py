"""
Every setting, in one file. Deployments differ by environment variables, listed in docs/operate/settings.md.

Fees, delays, limits and policies are not settings: they are dated reference data.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from mandat.platform.postgres.address import database_settings

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("MANDAT_VAR", ROOT / "var"))

# Addresses: PUBLIC_URL is the one source for links, issuer, passkey id and CSP.
PORT = int(os.environ.get("PORT", "8000"))
PUBLIC_URL = os.environ.get("PUBLIC_URL", f"http://localhost:{PORT}")
# In production the reverse proxy serves the doorbell under PUBLIC_URL; in the demo it is the launcher's second port.
DOORBELL_URL = os.environ.get("DOORBELL_URL", f"http://localhost:{PORT + 1}/sonnette")
SERVES = os.environ.get("MANDAT_SERVES", "identity,services").split(",")
_public = urlsplit(PUBLIC_URL)
IS_HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = [_public.hostname, "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

SECRET_KEY = os.environ["MANDAT_SECRET_KEY"]
DEBUG = False

INSTALLED_APPS = [
    "mandat.web",  # first: its pages stand in for allauth's and Django's
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_htmx",  # for htmx itself, among its static files
    "mandat.reference",
    "mandat.platform",
    "mandat.business_register",
    "mandat.identity",
    "mandat.enterprises",
    "mandat.access",
    "mandat.openid",
    "mandat.casework",
    "mandat.register",
    "mandat.filings",
    "mandat.enrolment",
    "mandat.filing_types",
    "mandat.records",
    "mandat.demo",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mandat.web.middleware.ActorOfTheRequest",
    "mandat.web.errors.RefusedMethods",
    "mandat.web.permissions.Gate",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "mandat.web.frame.frame",
            ],
        },
    }
]
COTTON_DIR = "mandat/components"
FORM_RENDERER = "mandat.web.forms.Renderer"

# Database: one PostgreSQL, two roles. MANDAT_DATABASE_ROLE=owner is for migrations alone.
DATABASES = {"default": database_settings(os.environ, var=VAR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "platform_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# People
AUTH_USER_MODEL = "identity.Login"
AUTHENTICATION_BACKENDS = ["mandat.identity.backends.CodeOrEmail"]
PASSWORD_HASHERS = ["mandat.identity.passwords.Argon2OneLane"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "mandat.identity.passwords.LongEnough"},
    {"NAME": "mandat.identity.passwords.NotTooLong"},
    {"NAME": "mandat.identity.passwords.NotWhatEverybodyChooses"},
    {"NAME": "mandat.identity.passwords.NotMadeOfOnesOwnWords"},
]
ACCOUNT_ADAPTER = "mandat.web.account.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "user_code"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "mandat.web.account.forms.SignInForm",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# Ours count instead, so that whoever guesses keeps nobody out: see `identity.limits`.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reauthenticate": None}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account:home"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Mandat"
MFA_ADAPTER = "mandat.identity.second_factor.Vault"
# Who asks is told by the proxies that we run, never by a header that anyone may write.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("MANDAT_PROXIES", "1" if IS_HTTPS else "0"))

SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
REMEMBERED_COOKIE_NAME = "__Host-remembered" if IS_HTTPS else "remembered"
SEEN_COOKIE_NAME = "__Host-seen" if IS_HTTPS else "seen"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "mandat.web.errors.expired"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Headers
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_doorbell = urlsplit(DOORBELL_URL)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF, f"{_doorbell.scheme}://{_doorbell.netloc}"],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Languages: French is the master; message ids are French sentences.
USE_I18N = USE_TZ = True
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("Anglais"))]
LOCALE_PATHS = [VAR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "America/Toronto"

# Outside providers that persons may enter by (docs/operate/outside-providers.md): a file that names no secret.
OUTSIDE_PROVIDERS = os.environ.get("MANDAT_OPENID_PROVIDERS", "")

# Face: a file with the regulator's name, mark and colours, in place of ours.
THEME = os.environ.get("MANDAT_THEME", "")

# Help: a folder whose articles replace ours or add to them.
HELP = os.environ.get("MANDAT_HELP", "")

# Static files: hashed and compressed ahead of time, served by the same process.
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"

# Files filed: content-addressed, on disk or on S3-compatible storage.
FILES_BUCKET = os.environ.get("MANDAT_S3_BUCKET", "")
STORAGES = {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "default": (
        {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": FILES_BUCKET,
                "endpoint_url": os.environ.get("MANDAT_S3_ENDPOINT") or None,
                "default_acl": None,
                "querystring_auth": True,
            },
        }
        if FILES_BUCKET
        else {"BACKEND": "mandat.platform.files.DurableFolder", "OPTIONS": {"location": VAR / "files"}}
    ),
}

# Files on their way in: bounded, on disk.
FILE_UPLOAD_HANDLERS = ["mandat.web.uploads.BoundedUpload"]

# What searches files for malicious software before they are given out: clamd://host:3310, clamd:/its/socket, or none.
SCANNER = os.environ.get("SCANNER", "none")

# Mail: to var/mail unless an SMTP server is named.
EMAIL_HOST = os.environ.get("SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("SMTP_TLS", "1") == "1"
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "mandat.platform.mail_folder.EmailBackend"
)
EMAIL_FILE_PATH = VAR / "mail"
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM", "Mandat <ne-pas-repondre@mandat.invalid>")
POST_FOLDER = VAR / "post"

# Jobs, and who subscribes to which event: named here, for the platform may not import upward.
SUBSCRIPTIONS = "mandat.subscriptions.SUBSCRIPTIONS"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_IMPORT_PATHS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
