"""Where our messages lead. Pages live above this context, which knows their addresses as a reader does."""

from uuid import UUID

from django.conf import settings


def resume(language: str) -> str:
    """Return where one takes an enrolment up again, with its number and code."""
    return _page("/inscription/reprendre", language)


def activation(token: str, language: str) -> str:
    """Return the link of an invitation."""
    return _page(f"/activer/{token}", language)


def sign_in(language: str) -> str:
    """Return where one signs in."""
    return _page("/entrer", language)


def services(enterprise: UUID, language: str) -> str:
    """Return where a firm follows its registration with the regulator."""
    return _page(f"/d/{enterprise}/services/", language)


def reproof(token: str, language: str) -> str:
    """Return the link by which a lost second factor is replaced."""
    return _page(f"/entrer/preuve/{token}", language)


def person_of_firm(enterprise: UUID, person: UUID, language: str) -> str:
    """Return the page of somebody in a firm."""
    return _page(f"/d/{enterprise}/acces/{person}/", language)


def handover_resume(language: str) -> str:
    """Return where one takes a handover up again, with its number and code."""
    return _page("/releve/retrouver", language)


def handover_notice(token: str, language: str) -> str:
    """Return the link of a notice of a handover."""
    return _page(f"/avis/{token}", language)


def handovers_of_firm(enterprise: UUID, language: str) -> str:
    """Return where those who stand for a firm see the handovers that concern it."""
    return _page(f"/d/{enterprise}/acces/releve", language)


def _page(path: str, language: str) -> str:
    prefix = "/en" if language == "en" else ""
    return f"{settings.PUBLIC_URL}{prefix}{path}"
