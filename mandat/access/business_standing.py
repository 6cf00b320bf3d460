"""What the enterprises register says of the enterprises here: struck off, merged, bankrupt, or under another name."""

from collections.abc import Collection
from datetime import date

from mandat.access.causes import Cause, Fact
from mandat.access.commands.causes import follow_name, hear_all
from mandat.business_register.enterprise import Registered
from mandat.business_register.models import Extract
from mandat.business_register.queries import ask, state_of_the_register
from mandat.enterprises.models import Identifier, IdentifierKind, Report, ReportSource
from mandat.platform.clock import legal_day, now, start_of
from mandat.platform.text import fold
from mandat.reference.queries import entries

SOURCE = ReportSource.BUSINESS_REGISTER


def causes_in(found: Registered, *, merger_words: Collection[str]) -> tuple[Fact, ...]:
    """
    Return the causes that the register states of an enterprise. Pure.

    One struck off on a merger was taken over: the one that goes on is registered, whatever mergers it has lived.
    """
    facts = []
    if found.is_struck_off:
        mergers = [each for each in found.relations if _is_merger(each.kind, merger_words) and each.neq != found.neq]
        if mergers:
            last = max(mergers, key=lambda each: (each.took_effect_on or date.min, each.neq))
            facts.append(Fact(Cause.MERGED, last.took_effect_on or found.status_on, last.name, last.neq))
        else:
            facts.append(Fact(Cause.STRUCK_OFF, found.status_on, found.status_label))
    elif not found.is_registered:
        facts.append(Fact(Cause.NOT_REGISTERED, found.status_on, found.status_label))
    if found.is_bankrupt:
        facts.append(Fact(Cause.BANKRUPT))
    return tuple(facts)


def _is_merger(kind: str, words: Collection[str]) -> bool:
    return any(fold(word) in fold(kind) for word in words)


def hear_business_register() -> int:
    """
    Hear what the extract in use says of each enterprise that has a NEQ; return of how many it is news.

    An extract that is absent or out of date says nothing, and neither does one that lacks the enterprise: what it
    said before stands.
    """
    at = now()
    current = Extract.objects.filter(is_current=True).first()
    if current is None or state_of_the_register().is_silent:
        return 0
    merged = entries("standing_cause", legal_day(at)).filter(code=Cause.MERGED).first()
    words = merged.values.get("relations", []) if merged else []
    numbers = Identifier.objects.filter(kind=IdentifierKind.NEQ, during__contains=at).select_related("enterprise")
    found = {each.enterprise.public_id: ask(each.value) for each in numbers.order_by("id")}
    said = {key: each.enterprise for key, each in found.items() if each.enterprise and each.as_of == current.as_of}
    causes = {key: causes_in(each, merger_words=words) for key, each in said.items()}
    news = hear_all(SOURCE, causes, as_of=start_of(current.as_of), serial=current.pk)
    for each in Report.objects.filter(source=SOURCE, serial=current.pk).select_related("enterprise").order_by("id"):
        key = each.enterprise.public_id  # what was said by a later extract is not of this serial: it renames nobody
        if key in said:
            names = said[key]
            follow_name(enterprise_id=key, source=SOURCE, legal=names.name, former=names.former_names)
    return news
