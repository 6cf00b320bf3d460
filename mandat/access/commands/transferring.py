"""From who leaves to who takes over: one proxy ends and the same begins, at one instant, or neither."""

from uuid import UUID, uuid5

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access.commands.grants import AlreadyRevoked
from mandat.access.commands.proxies import SelfGrant, grant_proxy, revoke_proxy
from mandat.access.events import ProxiesGranted
from mandat.access.models import Proxy
from mandat.access.retries import in_one_transaction
from mandat.access.rights import Right
from mandat.enterprises.models import ServiceRegistration
from mandat.identity.actor import Actor
from mandat.identity.models import Person
from mandat.platform.events import publish
from mandat.platform.idempotency import claim


@in_one_transaction
def transfer_proxy(*, key: UUID, proxy_id: UUID, to: Person, reason: str, by: Actor) -> Proxy:
    """
    Take a proxy back from its holder, and give the same, until the same day, to another user.

    :raises SelfGrant: if it would be given to oneself, or to whoever holds it
    :raises AlreadyRevoked: if it was taken back before
    :raises Exception: whatever `grant_proxy` raises
    """
    request = claim(key, "transfer_proxy", asked_by=by.person.public_id)
    if request.result:
        return Proxy.objects.get(public_id=request.result)
    held = Proxy.objects.select_related("enterprise", "provider").get(public_id=proxy_id)
    if to in (by.person, held.person):
        raise SelfGrant
    registration = ServiceRegistration.objects.filter(enterprise=held.enterprise, provider=held.provider)
    ended = revoke_proxy(proxy_id=proxy_id, reason=reason, by=by)
    if ended.awaits:
        raise AlreadyRevoked  # it never served: there is nothing to hand over
    given = grant_proxy(
        key=uuid5(key, "given"), registration=registration.select_related("enterprise", "provider").get(), person=to,
        block=held.block, rights=[Right(each) for each in held.rights],
        during=DateTimeTZRange(None, held.during.upper), by=by, subject=held.subject,
    )  # fmt: skip
    request.keep(result=given.public_id)
    enterprise, holder = str(held.enterprise.public_id), str(to.public_id)
    publish(ProxiesGranted(enterprise=enterprise, holder=holder, proxies=[str(given.public_id)]))
    return given
