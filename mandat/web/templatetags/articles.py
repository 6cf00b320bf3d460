"""Articles, by the name that a step gives them."""

from django import template

from mandat.web.help import links
from mandat.web.help.articles import articles

register = template.Library()

#: Which article explains each step of an enrolment.
OF_STEPS = {
    "entreprise": "etape-1", "revenu-quebec": "etape-1", "proprietaire": "ra", "representant": "ra",
    "responsable": "rse", "autres-responsables": "rse",
}  # fmt: skip


@register.simple_tag
def article_title(name: str) -> str:
    """
    Return the title of an article in the language of the page.

    :raises KeyError: if no article has that name
    """
    return articles(links.language())[name].title


@register.filter
def article_of_step(code: str) -> str:
    """Return the name of the article that explains a step of an enrolment."""
    return OF_STEPS.get(code, "etape-1")
