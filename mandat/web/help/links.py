"""Where articles may lead: to one another (`aide:rse`), to pages of the product (`page:public:checklist`), outside."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mandat.web.help.articles import articles

#: The pages that an article may name, with what they are called.
PAGES: Mapping[str, object] = {
    "public:home": _("Accueil"),
    "public:checklist": _("Ce qu’il faut avoir en main"),
    "public:enrolment_start": _("Inscrire une firme"),
    "public:paper": _("Inscrire une firme sur papier"),
    "public:enrolment_resume": _("Retrouver une inscription"),
    "public:accessibility": _("Accessibilité"),
    "public:privacy": _("Vie privée"),
    "account_login": _("Entrer"),
    "account:home": _("Mes firmes"),
    "account:factors": _("Façons d’entrer"),
    "lost_password": _("Mot de passe perdu"),
    "lost_user_code": _("Code d’utilisateur perdu"),
    "lost_factor": _("Second facteur perdu"),
}
OUTSIDE = ("https://", "http://", "mailto:", "tel:", "#")


@dataclass(frozen=True)
class Link:
    """Where something leads, and what it is called."""

    href: str
    title: str
    is_article: bool


def language() -> str:
    """Return the language of the page: French unless English."""
    return "en" if (get_language() or "").startswith("en") else "fr"


def address(written: str) -> str | None:
    """Return the address of a link as an article writes it; none if it leads nowhere."""
    kind, _colon, name = written.partition(":")
    if kind == "aide":
        name, hash_, place = name.partition("#")
        return f"{reverse('public:article', args=[name])}{hash_}{place}" if name in articles(language()) else None
    if kind == "page":
        return reverse(name) if name in PAGES else None
    return written if written.startswith(OUTSIDE) else None


def related(name: str) -> Link | None:
    """Return where a related name leads: to an article, or to a page of the product; none if there is no such thing."""
    if found := articles(language()).get(name):
        return Link(reverse("public:article", args=[name]), found.title, is_article=True)
    return Link(reverse(name), str(PAGES[name]), is_article=False) if name in PAGES else None
