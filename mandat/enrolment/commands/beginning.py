"""Beginning something without an account: it gets a number, days to be finished, and a code that follows it."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

from django.db import connection

from mandat.enrolment import codes
from mandat.enrolment.models import Enrolment, Handover
from mandat.enrolment.number import enrolment_number
from mandat.enrolment.telling import tell
from mandat.identity.models import canonical_email
from mandat.platform.clock import legal_day, now
from mandat.platform.idempotency import claim
from mandat.reference.queries import policy

#: In whose name a request is claimed before anybody has one.
APPLICANT = UUID(int=0)
One = TypeVar("One", Enrolment, Handover)


@dataclass(frozen=True)
class Begun(Generic[One]):
    """What was begun, and the code that follows it: this once, for only its hash is kept. A twin is not new."""

    one: One
    code: str
    is_new: bool = field(default=True, compare=False)


def begin(model: type[One], *, key: UUID, email: str, language: str) -> Begun[One]:
    """Begin one, in the transaction of its command; asked twice, the same is answered alike."""
    name = model.__name__.lower()
    request, code = claim(key, f"begin_{name}", asked_by=APPLICANT), codes.follow_up_code(key)
    if request.result:
        return Begun(model.objects.get(public_id=request.result), code, is_new=False)
    at = now()
    today = legal_day(at)
    one = model(
        number=enrolment_number(today.year, _serial(f"{name}_serial"), letter=model.LETTER), language=language,
        email=canonical_email(email), begun_at=at, changed_at=at, kept_days=policy(f"{name}-draft-days", today),
    )  # fmt: skip
    one.code_hash = codes.digest(str(one.public_id), code)
    one.save()
    request.keep(result=one.public_id)
    return Begun(one, code)


def tell_begun(begun: Begun[One], *, template: str, resume: str) -> None:
    """Send its number and its code, unless it was asked for without an address: then its page alone says them."""
    one = begun.one
    if not one.email:
        return
    name = type(one).__name__.lower()
    context = {name: one, "code": codes.grouped(begun.code), "resume": resume, "until": one.last_open_day}
    tell(template, key=f"{name} {one.public_id} begun", to=one.email, language=one.language, context=context)


def _serial(sequence: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [sequence])
        return int(cursor.fetchone()[0])
