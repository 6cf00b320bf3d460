"""What follows from what happened on the staff's side."""

from django.conf import settings
from django.db.models import Q

from mandat.casework.events import SupportVisitOpened
from mandat.casework.models import SupportVisit
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Designation
from mandat.identity.models import LoginLink
from mandat.platform.mail import queue_mail, write


def tell_of_visit(event: SupportVisitOpened) -> None:
    """Write to those in charge of a firm that somebody of the staff looks at its account, why, and where it is kept."""
    visit = SupportVisit.objects.select_related("enterprise").get(public_id=event.visit)
    at = visit.opened_at
    in_charge = Designation.objects.filter(in_force(at), enterprise=visit.enterprise).values("person")
    links = LoginLink.objects.select_related("login", "person").filter(Q(person__in=in_charge), during__contains=at)
    for link in links.order_by("id"):
        language = link.person.language
        prefix = "/en" if language == "en" else ""
        context = {
            "person": link.person, "firm": visit.enterprise, "visit": visit,
            "address": f"{settings.PUBLIC_URL}{prefix}/d/{visit.enterprise.public_id}/acces/consultations",
        }  # fmt: skip
        words = write("mandat/casework/mail/visit", language=language, context=context)
        key = f"{event.event_id} {link.person.public_id}"
        queue_mail(key=key, to=link.login.email, subject=words.subject, text=words.text, language=language)
