"""What is asked about enterprises as such. Who may act for one is asked of `access`."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from mandat.enterprises.models import Enterprise, Identifier, IdentifierKind
from mandat.platform.text import fold


def enterprises_found(words: str) -> QuerySet[Enterprise]:
    """Return the enterprises whose NEQ, or name in part, is what was typed, accents and capitals apart."""
    digits = "".join(words.split())
    numbered = Identifier.objects.filter(enterprise=OuterRef("pk"), kind=IdentifierKind.NEQ, value=digits)
    by_number = Q(Exists(numbered)) if digits.isascii() and digits.isdigit() else Q(pk=None)
    return Enterprise.objects.filter(by_number | Q(sort_name__contains=fold(words))).order_by("sort_name", "id")
