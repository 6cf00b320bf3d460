"""What follows from what happened to proxies: whoever they concern is told, by mail."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import override

from mandat.access.events import (
    ProxiesGranted,
    ProxyConfirmed,
    ProxyNarrowed,
    ProxyRenewed,
    ProxyRestored,
    ProxyRevoked,
    ProxySuspended,
)
from mandat.access.models import Proxy
from mandat.access.queries import effective_rses, people_who_can, proxies_given
from mandat.access.rights import Right
from mandat.access.telling import tell_each
from mandat.enterprises.events import BlockVersionsAccepted, DesignationRevoked, EnterpriseEnteredRecovery
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Designation, Enterprise, Role
from mandat.identity.models import LoginLink, Person
from mandat.platform.clock import AppNow, last_day, legal_day, now
from mandat.platform.mail import queue_mail, write
from mandat.platform.text import day_in_words
from mandat.reference.queries import entries

_PROXIES = Proxy.objects.select_related("person", "enterprise")


def tell_of_grant(event: ProxiesGranted) -> None:
    """Write to somebody what they may do now, block by block, until when, and who gave it."""
    proxies = list(_PROXIES.filter(public_id__in=event.proxies).order_by("block"))
    giver = Person.objects.filter(public_id=proxies[0].granted_under["person"]).first()
    if any(each.needs_second for each in proxies):
        return  # they serve for nothing yet: the confirmation is told
    _tell("granted", proxies, key=event.event_id, until=proxies[0].during.upper, giver=giver)


def tell_of_revocation(event: ProxyRevoked) -> None:
    """Write to somebody that they may no longer act in a block; nothing of a proxy that never served."""
    proxies = [each for each in _PROXIES.filter(public_id=event.proxy) if not each.awaits]
    if proxies:
        _tell("revoked", proxies, key=event.event_id)


def tell_of_narrowing(event: ProxyNarrowed) -> None:
    """Write to somebody what is left of a proxy of theirs, and until when."""
    _tell_of_one("narrowed", event.proxy, key=event.event_id)


def tell_of_renewal(event: ProxyRenewed) -> None:
    """Write to somebody until when a proxy of theirs now goes."""
    _tell_of_one("renewed", event.proxy, key=event.event_id)


def tell_of_suspension(event: ProxySuspended) -> None:
    """Write to somebody that a proxy of theirs is suspended."""
    _tell_of_one("suspended", event.proxy, key=event.event_id)


def tell_of_restoration(event: ProxyRestored) -> None:
    """Write to somebody that a suspended proxy serves again."""
    _tell_of_one("restored", event.proxy, key=event.event_id)


def tell_of_confirmation(event: ProxyConfirmed) -> None:
    """Write to somebody that a proxy of theirs has its second person, and serves."""
    _tell_of_one("confirmed", event.proxy, key=event.event_id)


def tell_of_widening(event: BlockVersionsAccepted) -> None:
    """Write to whoever holds a proxy in a block that what was added to it is now open to them."""
    at = now()
    enterprise = Enterprise.objects.get(public_id=event.enterprise)
    named = {each.code: each for each in entries("block", legal_day(at))}
    held = proxies_given(enterprise, at).filter(block__in=event.blocks, subject=None).exclude(person=None)
    blocks: dict[Person, list[str]] = {}
    for proxy in held:
        if proxy.person:
            blocks.setdefault(proxy.person, []).append(proxy.block)
    for person, codes in blocks.items():
        with override(person.language):
            labels = [named[code].label if code in named else code for code in dict.fromkeys(codes)]
        context = {"enterprise": enterprise, "blocks": labels}
        tell_each("widened", [person], key=event.event_id, path="/compte/droits", context=context)


def tell_of_recovery(event: EnterpriseEnteredRecovery) -> None:
    """Write to the authorized representatives of an enterprise that nobody is in charge of its accesses any more."""
    at = now()
    enterprise = Enterprise.objects.get(public_id=event.enterprise)
    held = Designation.objects.filter(in_force(at), enterprise=enterprise, role=Role.RA).values("person")
    links = LoginLink.objects.select_related("login", "person").filter(person__in=held, during__contains=at)
    for link in links.order_by("id"):
        language = link.person.language
        address = f"{settings.PUBLIC_URL}{'/en' if language == 'en' else ''}/d/{enterprise.public_id}/"
        context = {"person": link.person, "enterprise": enterprise, "address": address}
        words = write("mandat/access/mail/recovery", language=language, context=context)
        key = f"{event.event_id} {link.person.public_id}"
        queue_mail(key=key, to=link.login.email, subject=words.subject, text=words.text, language=language)


def tell_holders_of_recovery(event: EnterpriseEnteredRecovery) -> None:
    """Write to whoever still holds something in the enterprise what stays, what does not, and whom to speak to."""
    at = now()
    enterprise = Enterprise.objects.get(public_id=event.enterprise)
    holders = Person.objects.filter(pk__in=proxies_given(enterprise, at).exclude(person=None).values("person"))
    tell_each(
        "recovery_holder", holders.order_by("sort_name", "id"), key=event.event_id, path="/compte/droits",
        context={"enterprise": enterprise},
    )  # fmt: skip


def tell_of_designation_ended(event: DesignationRevoked) -> None:
    """Write to somebody that they are in charge no more, and to those who stay that it is so."""
    at = now()
    ended = Designation.objects.select_related("enterprise", "person").get(public_id=event.designation)
    firm = ended.enterprise
    staying = {*effective_rses(firm, at), *people_who_can(firm, Right.DESIGNATE, None, at)} - {ended.person}
    context = {
        "enterprise": firm, "someone": ended.person, "is_rse": ended.role == Role.RSE,
        "reason": ended.revocation_reason,
    }  # fmt: skip
    tell_each("designation_ended", [ended.person], key=event.event_id, path="/compte/droits", context=context)
    tell_each(
        "designation_ended_of_another", sorted(staying, key=lambda each: each.pk), key=event.event_id,
        path=f"/d/{firm.public_id}/acces/", context=context,
    )  # fmt: skip


def _tell_of_one(what: str, proxy: str, *, key: str) -> None:
    proxies = [each for each in _PROXIES.filter(public_id=proxy) if not each.awaits]
    if not proxies:
        return  # it serves for nothing yet: the confirmation is told
    _tell(what, proxies, key=key, until=proxies[0].during.upper)


def _tell(
    what: str, proxies: list[Proxy], *, key: str, until: datetime | None = None, giver: Person | None = None
) -> None:  # fmt: skip
    """Order a message to the person who holds these proxies; an organisation has no mailbox here."""
    person = proxies[0].person
    link = LoginLink.objects.select_related("login").filter(person=person, during__contains=AppNow()).first()
    if person is None or link is None:
        return
    language = person.language
    with override(language):
        last = day_in_words(last_day(until)) if until else ""
    context = {
        "person": person, "enterprise": proxies[0].enterprise, "given": _by_block(proxies), "giver": giver,
        "until": last, "address": f"{settings.PUBLIC_URL}{'/en' if language == 'en' else ''}/entrer",
    }  # fmt: skip
    words = write(f"mandat/access/mail/{what}", language=language, context=context)
    queue_mail(key=f"{key} holder", to=link.login.email, subject=words.subject, text=words.text, language=language)


def _by_block(proxies: Iterable[Proxy]) -> list[dict[str, Any]]:
    """Return the block and the rights of each proxy, which the message puts into its own language."""
    catalogue = {each.code: each for each in entries("block", legal_day(now()))}
    return [
        {
            "block": catalogue.get(each.block),
            "code": each.block,
            "rights": [r for r in Right if r in each.rights],
            "is_of_one": each.subject is not None,
        }
        for each in proxies
    ]
