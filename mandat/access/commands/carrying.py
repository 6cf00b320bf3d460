"""A proxy that takes the place of another: whomever a mandatary had named under it stays named, never wider."""

from collections.abc import Mapping
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access.mandataries import Naming
from mandat.access.models import Proxy


def carry_over(before: Proxy, after: Proxy, *, at: datetime, under: Mapping[str, object]) -> None:
    """Name under a proxy whomever was named under the one that it replaces, with what is left of what they had."""
    held = Naming.objects.filter(proxy=before, revoked_at=None, during__endswith__gt=at).order_by("id")
    for naming in held.select_for_update(of=("self",), no_key=True):
        naming.revoke(at=at, under=under, reason="")
        left = sorted(set(naming.rights) & set(after.rights))
        during = DateTimeTZRange(max(at, naming.during.lower), min(naming.during.upper, after.during.upper))
        if left and during.lower < during.upper:
            Naming.objects.create(
                proxy=after, person_id=naming.person_id, rights=left, during=during, replaces=naming,
                granted_under=naming.granted_under,
            )  # fmt: skip
