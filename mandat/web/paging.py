"""Long lists, a page at a time."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

ON_A_PAGE = 50


def paged(found: Sequence[Any] | QuerySet[Any], request: HttpRequest) -> tuple[Page[Any], str]:
    """Return the page of a list that is asked for, and what else the address asks, for the pages beside it."""
    kept = request.GET.copy()
    kept.pop("page", None)
    page: Page[Any] = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    return page, kept.urlencode()
