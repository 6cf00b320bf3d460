"""Questions about what stops enterprises from outside: what the sources say of one now, and which ones are stopped."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from mandat.access.causes import BY_CAUSE, Aside, Effect, Outcome, Reported, Standing, fact_of, weigh
from mandat.enterprises.models import Enterprise, Report, ServiceRegistration, SetAside
from mandat.platform.clock import legal_day
from mandat.reference.queries import entries


def as_reported(row: Report) -> Reported:
    """Return a row as the rules read it."""
    return Reported(row.source, row.as_of, row.serial, tuple(fact_of(each) for each in row.facts))


def outcomes_at(at: datetime) -> dict[str, Outcome]:
    """Return what the policy of the day makes of each cause."""
    return {
        each.code: Outcome(
            Effect(each.values["effect"]), int(each.values.get("grace_days", 0)), each.label_fr, each.label_en
        )
        for each in entries("standing_cause", legal_day(at))
    }


def standings_of(enterprise: Enterprise, at: datetime) -> list[Standing]:
    """Return each cause that a source says of an enterprise, weighed by the policy of the day."""
    return standings_of_each([enterprise], at).get(enterprise.pk, [])


def standings_of_each(enterprises: Collection[Enterprise], at: datetime) -> dict[int, list[Standing]]:
    """Return the same of several enterprises, by their keys, in as many statements as of one."""
    said = Report.objects.filter(enterprise__in=enterprises).exclude(facts=[]).order_by("source")
    reports: dict[int, list[Reported]] = {}
    for each in said:
        reports.setdefault(each.enterprise_id, []).append(as_reported(each))
    if not reports:
        return {}
    asides: dict[int, list[Aside]] = {}
    for row in SetAside.objects.filter(enterprise__in=reports, during__contains=at).order_by("id"):
        aside = Aside(row.source, row.cause, row.since, row.during.lower, row.during.upper)
        asides.setdefault(row.enterprise_id, []).append(aside)
    outcomes = outcomes_at(at)
    return {key: weigh(heard, outcomes, asides.get(key, ()), at) for key, heard in reports.items()}


def is_by_cause(row: Enterprise | ServiceRegistration) -> bool:
    """Tell whether the last move of an account or a registration was made by a cause, and by nobody by hand."""
    last = row.history.order_by("-id").first()
    return last is not None and last.authority.get("rule") == BY_CAUSE


def enterprises_with_causes() -> QuerySet[Enterprise]:
    """Return the enterprises of which a source says a cause now, whether it stops them or not."""
    said = Report.objects.exclude(facts=[]).values("enterprise")
    return Enterprise.objects.filter(pk__in=said).order_by("id")
