"""Who is told of a handover, by what: everyone with standing by mail, the firm by post at its address on file."""

from collections.abc import Sequence
from datetime import datetime

from mandat.access.queries import designations_of
from mandat.enrolment import addresses, codes
from mandat.enrolment.commands.people import Newcomer
from mandat.enrolment.handover_queries import competing, what_it_says
from mandat.enrolment.models import Ground, Handover, HandoverNotice
from mandat.enrolment.telling import in_words, tell
from mandat.enterprises.models import Enterprise
from mandat.identity import user_code
from mandat.identity.handlers import addresses_of
from mandat.identity.models import Person
from mandat.platform.clock import last_day, legal_day
from mandat.platform.post import queue_letter
from mandat.register.models import Establishment


def send_notices(handover: Handover, at: datetime) -> None:
    """Order a notice to each person in force in the firm, a letter to its address on file, a word to competitors."""
    firm = handover.enterprise
    assert firm is not None  # noqa: S101 - the command has seen to it
    told: list[Person] = list(dict.fromkeys(each.person for each in designations_of(firm, at)))
    for person in told:
        for to in addresses_of(person, at):
            if to != handover.email:
                _mail(handover, person, to, at)
    for lines, language in letters_to(firm, at):
        _post(handover, lines, language, at)
    for other in competing(handover):
        _tell_competitor(handover, other)
        _tell_competitor(other, handover)


def letters_to(firm: Enterprise, at: datetime) -> list[tuple[list[str], str]]:
    """Return the lines of the firm's address on the regulator's file, if it is there, and the language it reads."""
    places = Establishment.objects.filter(
        registrant__service_registration__enterprise=firm,
        kind=Establishment.Kind.PRINCIPAL,
        during__contains=legal_day(at),
    )
    return [
        (
            [
                each.registrant.name[:200], each.street, f"{each.city} ({each.province or each.country})",
                each.postal_code,
            ],
            each.registrant.language,
        )
        for each in places.select_related("registrant").order_by("id")
    ]  # fmt: skip


def _mail(handover: Handover, person: Person, to: str, at: datetime) -> None:
    token = codes.link_token()
    notice = HandoverNotice.objects.create(
        handover=handover, person=person, to=str(person), token_hash=codes.digest(token), sent_at=at
    )
    said = _said(handover) | {"reader": person, "link": addresses.handover_notice(token, person.language)}
    tell("handover_notice", key=f"notice {notice.public_id}", to=to, language=person.language, context=said)


def _post(handover: Handover, lines: Sequence[str], language: str, at: datetime) -> None:
    code = codes.letter_code()
    notice = HandoverNotice.objects.create(
        handover=handover, to="\n".join(lines), is_letter=True, token_hash=codes.digest(code), sent_at=at
    )
    link = addresses.handover_notice(codes.grouped(code), language)
    queue_letter(
        key=f"notice {notice.public_id}", recipient=lines, template="mandat/enrolment/letters/handover_notice",
        language=language, context=in_words(_said(handover), language=language) | {"link": link},
    )  # fmt: skip


def _tell_competitor(reader: Handover, other: Handover) -> None:
    context = {"handover": reader, "resume": addresses.handover_resume(reader.language)}
    key = f"handover {reader.public_id} competes with {other.public_id}"
    tell("handover_competing", key=key, to=reader.email, language=reader.language, context=context)


def _said(handover: Handover) -> dict[str, object]:
    answers = what_it_says(handover)
    assert handover.objections_until is not None  # noqa: S101 - set by the command
    return {
        "handover": handover, "enterprise": handover.enterprise, "ground": Ground(answers["ground"]).label,
        "until": last_day(handover.objections_until),
    }  # fmt: skip


def give_codes_to(handover: Handover, newcomers: Sequence[Newcomer]) -> None:
    """Give the new representative the user codes of those who are invited, as at enrolment; never a secret."""
    if not newcomers:
        return
    ra = newcomers[0]
    language = ra.person.language
    invited = [(each.person, user_code.grouped(each.login.user_code)) for each in newcomers]
    context = {
        "ra": ra.person, "enterprise": handover.enterprise, "invited": invited,
        "sign_in": addresses.sign_in(language),
    }  # fmt: skip
    key = f"handover {handover.public_id} user codes"
    tell("handover_codes", key=key, to=ra.login.email, language=language, context=context)
