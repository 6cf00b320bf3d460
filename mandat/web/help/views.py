"""The pages of the help centre."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mandat.web.help import links
from mandat.web.help.articles import Article, articles
from mandat.web.help.facts import Facts
from mandat.web.help.prose import prose
from mandat.web.help.search import LONGEST, Found, search

NOT_FOUND = 404


class HelpSearch(forms.Form):
    """What somebody looks for."""

    use_required_attribute = False

    q = forms.CharField(
        label=_("Que cherchez-vous?"), max_length=LONGEST,
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip


@require_safe
def centre(request: HttpRequest) -> HttpResponse:
    """Show every article, or those that answer what was asked."""
    query = " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST]
    context = {
        "query": query,
        "found": answers(query) if query else [],
        "groups": groups(),
        "search": HelpSearch({"q": query} if query else None),
    }
    return render(request, "mandat/web/public/help.html", context)


@require_safe
def article(request: HttpRequest, article: str) -> HttpResponse:
    """Show one article; where there is none of that name, the way to the others."""
    found = articles(links.language()).get(article)
    if found is None:
        context = {"groups": groups(), "search": HelpSearch()}
        return render(request, "mandat/web/public/article_missing.html", context, status=NOT_FOUND)
    shown = prose(Facts().fill(found.body), found.language)
    related = [link for name in found.related if (link := links.related(name))]
    context = {
        "article": found,
        "prose": shown.html,
        "contents": [each for each in shown.sections if each.title],
        "articles": [each for each in related if each.is_article],
        "pages": [each for each in related if not each.is_article],
        "search": HelpSearch(),
    }
    return render(request, "mandat/web/public/article.html", context)


def groups() -> list[tuple[str, list[Article]]]:
    """Return the articles under the names of their groups, in order."""
    found: dict[str, list[Article]] = {}
    for each in articles(links.language()).values():
        found.setdefault(each.group, []).append(each)
    return list(found.items())


def answers(query: str) -> list[Found]:
    """Return the articles that answer what was asked, in the language of the page."""
    language, facts = links.language(), Facts()
    texts = [(each, prose(facts.fill(each.body), language).sections) for each in articles(language).values()]
    return search(query, language, texts)
