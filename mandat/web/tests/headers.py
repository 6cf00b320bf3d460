"""What each address is to send around its answer, as the product is served in production: behind https."""

import os
import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from django.http import HttpResponse
from django.test import override_settings

#: Of each answer, whatever it is.
ALWAYS = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
FORBIDDEN_TO_OTHERS = ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'")
SETTINGS = Path(__file__).parents[3] / "config" / "settings.py"


@contextmanager
def as_in_production() -> Iterator[None]:
    """Serve as the settings say when the public address is one of https."""
    with patch.dict(os.environ, PUBLIC_URL="https://mandat.example"):
        there = runpy.run_path(str(SETTINGS))
    names = [each for each in there if each.isupper() and ("COOKIE" in each or each.startswith("SECURE_"))]
    with override_settings(**{name: there[name] for name in names}):
        yield


def faults_of(response: HttpResponse, *, is_private: bool) -> list[str]:
    """Return what is missing around an answer; `is_private` of what is shown to somebody who is signed in."""
    found = [f"{name}: {response.get(name)}" for name, value in ALWAYS.items() if value != response.get(name)]
    policy = response.get("Content-Security-Policy", "")
    if "unsafe" in policy or not all(each in policy for each in FORBIDDEN_TO_OTHERS):
        found.append(f"Content-Security-Policy: {policy}")
    if is_private and "no-store" not in response.get("Cache-Control", ""):
        found.append(f"Cache-Control: {response.get('Cache-Control')}")
    return found + [fault for cookie in response.cookies.values() for fault in faults_of_cookie(cookie)]


def faults_of_cookie(cookie) -> list[str]:
    """Return what is missing of a cookie, unless it is taken away."""
    if cookie["max-age"] == 0:
        return []
    is_guarded = cookie["secure"] and cookie["httponly"] and cookie["samesite"] in {"Lax", "Strict"}
    is_of_the_host = cookie.key.startswith("__Host-") and cookie["path"] == "/" and not cookie["domain"]
    return [] if is_guarded and is_of_the_host else [f"Set-Cookie: {cookie.OutputString()}"]
