"""Where the database is: `DATABASE_URL`, or else the private cluster under `var/`."""

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

OWNER, APP, SUPERUSER = "mandat_owner", "mandat_app", "mandat_superuser"
DATABASE = "mandat"
#: A unix socket's path may hold 107 bytes, of which the server's own file name takes some 20.
LONGEST_SOCKET_FOLDER = 85
#: After how many times a connection prepares a statement that the server binds (`prepared`).
PREPARED_AFTER = 5
#: Which firms' rows a process reaches (`access.reach`): all, or, where pages are served, those that each request says.
REACH, OF_THE_REQUEST = "MANDAT_REACH", "of-the-request"
REACHES_ALL = "-c mandat.firms={0}"


def socket_folder(cluster: Path) -> Path:
    """Return the private folder of a cluster's socket: inside it, or, when that path is too long, a short one."""
    inside = cluster / "socket"
    if len(str(inside).encode()) <= LONGEST_SOCKET_FOLDER:
        return inside
    digest = hashlib.sha256(str(cluster).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"mandat-{digest}"


def database_settings(environment: Mapping[str, str], *, var: Path) -> dict[str, Any]:
    """
    Return Django's settings for the database, as the role that `MANDAT_DATABASE_ROLE` names.

    :raises KeyError: if the owner is asked for on a server of one's own without `MANDAT_OWNER_DATABASE_URL`
    """
    as_owner = environment.get("MANDAT_DATABASE_ROLE", "app") == "owner"
    found: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }
    limits = "-c lock_timeout=2s -c statement_timeout=0" if as_owner else "-c statement_timeout=30s"
    reach = limits if environment.get(REACH) == OF_THE_REQUEST else f"{limits} {REACHES_ALL}"
    options: dict[str, Any] = {"options": reach, "prepare_threshold": PREPARED_AFTER}
    if "DATABASE_URL" in environment:
        url = urlsplit(environment["MANDAT_OWNER_DATABASE_URL" if as_owner else "DATABASE_URL"])
        return found | {
            "NAME": unquote(url.path.lstrip("/")),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": unquote(url.hostname or ""),
            "PORT": str(url.port or ""),
            "OPTIONS": options | dict(parse_qsl(url.query)),
        }
    return found | {
        "NAME": environment.get("MANDAT_DATABASE_NAME", DATABASE),
        "USER": OWNER if as_owner else APP,
        "HOST": environment.get("MANDAT_DATABASE_SOCKET", str(socket_folder(var / "postgres"))),
        "OPTIONS": options,
    }


def connection_words(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return Django's settings for a database as psycopg's, for a connection outside Django."""
    known = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {theirs: settings[ours] for ours, theirs in known.items() if settings.get(ours)} | settings["OPTIONS"]
