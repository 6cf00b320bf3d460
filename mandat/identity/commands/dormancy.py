"""
Accesses that sleep: their person is warned, then they are suspended, by the days of the policy.

Nobody is suspended who was not warned long enough before, however late this runs; whoever signs in begins anew. Run
twice, or by two workers, it does once what it does.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, F, Func, Max, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import override

from mandat.identity import policy
from mandat.identity.commands.people import suspend_person
from mandat.identity.events import DormancyWarned
from mandat.identity.handlers import addresses_of
from mandat.identity.models import DormancyWarning, Person
from mandat.identity.workflow import PersonMove
from mandat.platform.clock import legal_day, now
from mandat.platform.events import publish
from mandat.platform.mail import queue_mail, write
from mandat.platform.text import day_in_words

#: What the record of such a suspension says; the only one that a firm may lift by itself.
DORMANT = "dormant"


def sleepers(since: datetime) -> QuerySet[Person]:
    """Return the active persons not seen since an instant, with `seen_at`: their last session, login or restoration."""
    linked = Max(Func(F("links__during"), function="lower", output_field=DateTimeField()))
    restored = Max("history__at", filter=Q(history__move=PersonMove.RESTORE))
    people = Person.objects.filter(state=Person.State.ACTIVE, links__login__is_active=True)
    people = people.annotate(seen_at=Greatest(linked, Max("sessions__seen_at"), restored))
    return people.filter(seen_at__lte=since).order_by("id")


def tend_dormant_accesses() -> tuple[int, int]:
    """Warn whom it is time to warn, suspend whom it is time to suspend, each apart; return how many of each."""
    at = now()
    warn_after = timedelta(days=policy.limit(policy.DORMANT_WARNING_DAYS, at))
    suspend_after = timedelta(days=policy.limit(policy.DORMANT_SUSPENSION_DAYS, at))
    found = list(sleepers(at - warn_after).values_list("pk", flat=True))
    warned = sum(_warn(each, at, warn_after, suspend_after) for each in found)
    suspended = sum(_suspend(each, at, suspend_after, suspend_after - warn_after) for each in found)
    return warned, suspended


@transaction.atomic
def _warn(key: int, at: datetime, warn_after: timedelta, suspend_after: timedelta) -> bool:
    person = _asleep(key, at - warn_after)
    if person is None:
        return False
    seen_at: datetime = person.seen_at  # type: ignore[attr-defined] # annotated by `sleepers`
    _warning, is_new = DormancyWarning.objects.get_or_create(
        person=person, since=seen_at, defaults={"warned_at": at}
    )  # fmt: skip
    if is_new:
        _tell(person, seen_at, ends_at=max(seen_at + suspend_after, at + suspend_after - warn_after))
        publish(DormancyWarned(person=str(person.public_id)))
    return is_new


@transaction.atomic
def _suspend(key: int, at: datetime, after: timedelta, notice: timedelta) -> bool:
    person = _asleep(key, at - after)
    if person is None:
        return False
    since = Q(since=person.seen_at, warned_at__lte=at - notice)  # type: ignore[attr-defined]
    if not person.dormancy_warnings.filter(since).exists():
        return False
    with override(person.language):
        reason = _("Aucune entrée depuis longtemps")
    suspend_person(person_id=person.public_id, reason=reason, under={"policy": DORMANT, "at": at.isoformat()})
    return True


def _asleep(key: int, since: datetime) -> Person | None:
    """Return a person under their lock, if they still sleep."""
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=key)
    return sleepers(since).filter(pk=key).first()


def _tell(person: Person, seen_at: datetime, *, ends_at: datetime) -> None:
    with override(person.language):
        context = {
            "person": person, "since": day_in_words(legal_day(seen_at)), "until": day_in_words(legal_day(ends_at)),
            "address": f"{settings.PUBLIC_URL}{'/en' if person.language == 'en' else ''}/entrer",
        }  # fmt: skip
        words = write("mandat/identity/mail/dormant", language=person.language, context=context)
    for to in addresses_of(person, now()):
        key = f"dormant {person.public_id} {seen_at.isoformat()} {to}"
        queue_mail(key=key, to=to, subject=words.subject, text=words.text, language=person.language)
