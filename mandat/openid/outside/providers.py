"""
The outside providers that persons may enter by: read once from a file that the operator writes.

Secrets stay outside the database: the file names an environment variable, or another file, that holds each.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import get_language

from mandat.identity.actor import Assurance
from mandat.openid.addresses import is_local

#: What a provider may be trusted to have done; less is what everybody is worth who comes from outside.
TRUSTED = (Assurance.TWO_FACTORS, Assurance.PHISHING_RESISTANT)


@dataclass(frozen=True)
class Provider:
    """An outside provider, as the operator describes it."""

    code: str
    fr: str
    en: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    acr: Mapping[str, Assurance] = field(default_factory=dict)
    amr: Mapping[str, Assurance] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.en if get_language() == "en" else self.fr

    def assurance_of(self, acr: object, amr: object) -> Assurance:
        """Return how sure what the provider says makes us: what the file does not name is one factor."""
        said = amr if isinstance(amr, list) else []
        found = [self.acr.get(str(acr)), *(self.amr.get(str(each)) for each in said)]
        return max((each for each in found if each), key=list(Assurance).index, default=Assurance.ONE_FACTOR)


def providers() -> dict[str, Provider]:
    """Return the outside providers by their codes, in the order of the file; none without a file."""
    return read_providers(settings.OUTSIDE_PROVIDERS) if settings.OUTSIDE_PROVIDERS else {}


@cache
def read_providers(path: str) -> dict[str, Provider]:
    """
    Return the providers that a file describes.

    :raises ImproperlyConfigured: saying what is wrong in it
    """
    try:
        rows = tomllib.loads(Path(path).read_text())["provider"]
        read = [_provider(each) for each in rows]
    except (OSError, KeyError, TypeError, ValueError) as wrong:
        raise ImproperlyConfigured(f"{path}: {type(wrong).__name__}: {wrong}") from wrong
    if len({each.code for each in read}) != len(read) or len({each.issuer for each in read}) != len(read):
        raise ImproperlyConfigured(f"{path}: two providers have the same code or issuer")
    return {each.code: each for each in read}


def _provider(row: Mapping[str, Any]) -> Provider:
    issuer = str(row["issuer"])
    if not issuer.startswith("https://") and not is_local(issuer):
        raise ValueError(f"issuer must begin with https://: {issuer}")
    return Provider(
        code=str(row["code"]), fr=str(row["fr"]), en=str(row["en"]), issuer=issuer, client_id=str(row["client_id"]),
        client_secret=_secret(row), acr=_mapping(row, "acr"), amr=_mapping(row, "amr"),
    )  # fmt: skip


def _secret(row: Mapping[str, Any]) -> str:
    if "client_secret_file" in row:
        return Path(row["client_secret_file"]).read_text().strip()
    return os.environ[row["client_secret_env"]]


def _mapping(row: Mapping[str, Any], name: str) -> dict[str, Assurance]:
    mapped = {str(said): Assurance(ours) for said, ours in row.get(name, {}).items()}
    if not set(mapped.values()) <= set(TRUSTED):
        raise ValueError(f"{name} maps to two_factors or phishing_resistant")
    return mapped
