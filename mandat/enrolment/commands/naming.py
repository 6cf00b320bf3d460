"""What an RA does about who is in charge: names one more person, or one in the place of another, in one act."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access.commands import designate, revoke_designation
from mandat.access.decision import Right, require
from mandat.access.retries import in_one_transaction
from mandat.enrolment import addresses
from mandat.enrolment.commands.invitations import issue
from mandat.enrolment.commands.people import Newcomer, bring_in
from mandat.enrolment.errors import ReplacedByThemselves
from mandat.enrolment.events import RSENamed
from mandat.enrolment.models import Channel
from mandat.enrolment.reading import Named
from mandat.enrolment.telling import tell
from mandat.enterprises.models import Basis, Designation, Enterprise, Role
from mandat.identity import user_code
from mandat.identity.actor import Actor
from mandat.platform.events import publish
from mandat.platform.idempotency import claim


@in_one_transaction
def name_rse(
    *, key: UUID, enterprise: Enterprise, named: Named, address: Sequence[str], replaces: UUID | None, reason: str,
    by: Actor,
) -> Designation:  # fmt: skip
    """
    Put somebody in charge of an enterprise's electronic services, and invite them by a link and a letter.

    Whom they replace ends in the same act, afterwards: the enterprise is never left with nobody in between.

    :raises AccessDenied: if `by` is no RA of the enterprise
    :raises EmailOfAnother: if somebody of another name has the address
    :raises AlreadyGranted: if the person is in charge already
    :raises ReplacedByThemselves: if the person would replace themselves
    :raises AlreadyRevoked: if whom they replace is in charge no more
    :raises LastRSE: if fewer would be left than the policy of the day asks
    """
    request = claim(key, f"name_rse {enterprise.public_id}", asked_by=by.person.public_id)
    if request.result:
        return Designation.objects.select_related("person").get(public_id=request.result)
    authority = require(by, Right.DESIGNATE, enterprise=enterprise)
    newcomer = bring_in(named, key=key, asked_by=by.person.public_id)
    former = _replaced(enterprise, replaces)
    if former and former.person == newcomer.person:
        raise ReplacedByThemselves
    designation = designate(
        key=uuid5(key, "designate"), enterprise=enterprise, person=newcomer.person, role=Role.RSE, basis=Basis.NAMED,
        function="", evidence={}, during=DateTimeTZRange(authority.at, None), by=by,
    )  # fmt: skip
    if former:
        revoke_designation(designation_id=former.public_id, reason=reason, by=by)
    issue(newcomer, enterprise=enterprise, channel=Channel.LETTER, address=address, under=authority)
    _hand_code_to(by, newcomer, enterprise, designation)
    request.keep(result=designation.public_id)
    publish(
        RSENamed(
            enterprise=str(enterprise.public_id), designation=str(designation.public_id),
            replaces=str(former.public_id) if former else "",
        )
    )  # fmt: skip
    return designation


def _replaced(enterprise: Enterprise, designation: UUID | None) -> Designation | None:
    if designation is None:
        return None
    theirs = Designation.objects.select_related("person").filter(enterprise=enterprise, role=Role.RSE)
    return theirs.get(public_id=designation)


def _hand_code_to(by: Actor, newcomer: Newcomer, enterprise: Enterprise, designation: Designation) -> None:
    """Write the user code of whom they named to the representative, as at enrolment; never a secret."""
    if newcomer.signs_in or newcomer.person == by.person:
        return
    language = by.person.language
    context = {
        "ra": by.person, "rse": newcomer.person, "enterprise": enterprise,
        "code": user_code.grouped(newcomer.login.user_code), "sign_in": addresses.sign_in(language),
    }  # fmt: skip
    key = f"rse code {designation.public_id}"
    tell("rse_code", key=key, to=by.login.email, language=language, context=context)
