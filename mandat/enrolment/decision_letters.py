"""The letter of a decision: drawn once, kept with the enrolment, and posted to whoever enrolled on paper."""

import io

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from mandat.enrolment import addresses
from mandat.enrolment.events import EnrolmentApproved, EnrolmentRefused, EnrolmentReturned
from mandat.enrolment.models import DecisionLetter, Enrolment, EnrolmentMove
from mandat.enrolment.queries import last_move, last_submission
from mandat.enrolment.reading import firm_address, representative
from mandat.enrolment.reasons import corrections_in, refusal_in
from mandat.enrolment.telling import in_words
from mandat.enrolment.workflow import Move
from mandat.platform.clock import legal_day, now
from mandat.platform.files import store
from mandat.platform.models import StoredFile
from mandat.platform.post import queue_letter
from mandat.reference.queries import entry

TEMPLATE = "mandat/enrolment/letters/decision"
DECISIONS = {EnrolmentApproved: Move.APPROVE, EnrolmentRefused: Move.REFUSE, EnrolmentReturned: Move.RETURN}


def write_decision(event: EnrolmentApproved | EnrolmentRefused | EnrolmentReturned) -> None:
    """Draw the letter of a decision and keep it; post it too where the enrolment came on paper. Twice is harmless."""
    enrolment = Enrolment.objects.select_for_update(of=("self",)).get(public_id=event.enrolment)
    move, submission = last_move(enrolment, DECISIONS[type(event)]), last_submission(enrolment)
    if move is None or submission is None or DecisionLetter.objects.filter(move=move).exists():
        return
    answers, language = submission.said["answers"], enrolment.language
    is_posted = "assisted" in submission.said
    recipient = firm_address(answers, representative(answers))
    with override(language):
        said = said_of(enrolment, move, is_posted=is_posted)
        frame = {"recipient": recipient, "language": language, "day": legal_day(move.at), "site": settings.PUBLIC_URL}
        page = render_to_string(f"{TEMPLATE}.{language}.html", frame | said)
    DecisionLetter.objects.create(move=move, file=_kept(enrolment, page), made_at=now(), is_posted=is_posted)
    if is_posted:
        key = f"decision {move.public_id}"
        queue_letter(key=key, recipient=recipient, template=TEMPLATE, language=language, context=said)


def said_of(enrolment: Enrolment, move: EnrolmentMove, *, is_posted: bool) -> dict[str, object]:
    """Return what the letter says; the caller has its language in force."""
    language = enrolment.language
    desk = entry("contact", "enrolment-desk", legal_day(move.at))
    said = {
        "enrolment": enrolment, "move": move, "resume": addresses.resume(language), "until": enrolment.last_open_day,
        "phone": desk.values.get("phone", ""), "email": desk.values.get("email", ""),
        "corrections": corrections_in(move, language), "refusal": refusal_in(move, language), "is_posted": is_posted,
    }  # fmt: skip
    return in_words(said, language=language)


def _kept(enrolment: Enrolment, page: str) -> StoredFile:
    from mandat.platform.pdf import pdf_of  # heavy, and only the worker draws

    return store(io.BytesIO(pdf_of(page)), name=f"{enrolment.number}.pdf", media_type="application/pdf")
