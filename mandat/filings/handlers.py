"""What follows from what happened to filings."""

from uuid import UUID

from django.conf import settings

from mandat.access.decision import decide
from mandat.access.rights import Right
from mandat.casework.commands import close_case, give_case, open_case
from mandat.filings.events import FilingEvent
from mandat.filings.models import Filing, FilingDocument
from mandat.filings.queries import last_submission
from mandat.filings.workflow import AWAITING_REVIEW, OPEN_TO_CHANGE, Move
from mandat.identity.models import LoginLink
from mandat.platform.clock import AppNow, now
from mandat.platform.events import ring
from mandat.platform.files import FileScanned
from mandat.platform.mail import queue_mail, write
from mandat.platform.models import Scan

SUBJECT = "filing"


def keep_case(event: FilingEvent) -> None:
    """
    Bring the case of a filing to where the filing stands: open while it awaits review, in the hands that took it up.

    It reads the filing and not the event, so that late, early or twice it ends the same.
    """
    filing = Filing.objects.get(public_id=event.filing)
    subject = UUID(event.filing)
    if filing.state not in AWAITING_REVIEW:
        close_case(subject_kind=SUBJECT, subject=subject)
        return
    open_case(subject_kind=SUBJECT, subject=subject, queue=filing.block, right=Right.EXAMINE)
    last = filing.history.order_by("id").last()
    if last and last.move == Move.TAKE_UP:
        give_case(subject_kind=SUBJECT, subject=subject, to=last.by)


def tell_firm(event: FilingEvent) -> None:
    """
    Write what has become of a filing to who began it and who last signed it, in the firm's language.

    Whoever may no longer view it is not written to. The message names no one and gives no reason: the page does.
    """
    filing = Filing.objects.select_related("registrant__service_registration__enterprise").get(public_id=event.filing)
    registration, signed = filing.registrant.service_registration, last_submission(filing)
    if registration is None or signed is None:
        return
    firm, language = registration.enterprise, filing.registrant.language
    prefix = "/en" if language == "en" else ""
    context = {
        "number": filing.number, "title": filing.filing_type.title, "firm": filing.registrant.name,
        "address": f"{settings.PUBLIC_URL}{prefix}/d/{firm.public_id}/demandes/{filing.public_id}/",
    }  # fmt: skip
    links = LoginLink.objects.select_related("login", "person").filter(
        person__in={filing.begun_by_id, signed.signed_by_id}, during__contains=AppNow()
    )
    for link in links.order_by("id"):
        if decide(link.person, Right.VIEW, firm, filing.block, now(), matter=filing.matter):
            what = type(event).__name__.removeprefix("Filing").lower()
            words = write(f"mandat/filings/mail/{what}", language=language, context=context | {"person": link.person})
            key = f"{event.event_id} {link.person.public_id}"
            queue_mail(key=key, to=link.login.email, subject=words.subject, text=words.text, language=language)


def take_out_infected(event: FileScanned) -> None:
    """
    Ring the pages that show a file once it is scanned; take an infected one out of drafts, and tell who added it.

    What was filed keeps it, and nobody can open it.
    """
    scan = Scan.objects.get(public_id=event.scan)
    documents = FilingDocument.objects.filter(file__scan=scan, removed_at=None).select_related("attached_by")
    for document in documents.order_by("id"):
        filing = Filing.objects.select_for_update(of=("self",)).get(pk=document.filing_id)
        ring(f"filing:{filing.public_id}", filing.list_topic)
        if scan.is_clean:
            continue
        if filing.state in OPEN_TO_CHANGE:
            FilingDocument.objects.filter(pk=document.pk).update(removed_at=now())
            filing.revision += 1
            filing.save(update_fields=["revision"])
        link = LoginLink.objects.select_related("login").filter(
            person=document.attached_by, during__contains=AppNow()
        ).first()  # fmt: skip
        if link:
            language = document.attached_by.language
            context = {"person": document.attached_by, "number": filing.number, "name": document.name}
            words = write("mandat/filings/mail/infected", language=language, context=context)
            key = f"{event.event_id} {document.public_id}"
            queue_mail(key=key, to=link.login.email, subject=words.subject, text=words.text, language=language)
