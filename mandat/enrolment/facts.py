"""What the sources say of an enrolment's answers, asked once, all at the same instant."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from mandat.access.reach import beyond_reach
from mandat.business_register.queries import Answer, ask
from mandat.enrolment.checks import Facts
from mandat.enrolment.models import Enrolment
from mandat.enrolment.reading import everybody
from mandat.enrolment.workflow import AWAITING_APPLICANT, AWAITING_VERIFICATION, State
from mandat.enterprises.models import Enterprise, Identifier, ServiceRegistration
from mandat.enterprises.workflow import RegistrationState
from mandat.filings.definition import Answers
from mandat.identity.models import LoginLink
from mandat.platform.clock import AppNow, legal_day, now
from mandat.register.models import Attachment, Individual, Office, Registrant, Registration
from mandat.register.vocabulary import Standing

#: What still lets one practise.
ACTIVE = (Standing.ACTIVE, Standing.RESTRICTED)


def facts_of(enrolment: Enrolment, answers: Answers) -> Facts:
    """Return what the sources say of an enrolment's answers, in a number of statements that nothing makes grow."""
    neq, client_number = answers.get("neq", ""), answers.get("client_number", "")
    registrant = registrant_of(neq, client_number)
    with beyond_reach():  # the regulator's file shows nothing of a firm to a page open to everyone
        practises = may_practise(registrant, client_number)
        officers = officers_of(registrant)
    return Facts(
        is_enrolled=is_enrolled(neq, client_number),
        has_twin=twins_of(enrolment, neq, client_number).exists(),
        name_on_file=registrant.name if registrant else name_of_individual(client_number),
        may_practise=practises,
        officers=officers,
        names_by_email=names_by_email({each.email for each in everybody(answers)}),
        documents=frozenset(enrolment.documents.filter(removed_at=None).values_list("purpose", flat=True)),
        business=ask(neq) if neq else Answer(),
    )


def registrant_of(neq: str, client_number: str) -> Registrant | None:
    """Return who is on the regulator's file under a NEQ or, without one, a client number."""
    named = {"neq": neq} if neq else {"client_number": client_number}
    return Registrant.objects.filter(**named).order_by("id").first()


def name_of_individual(client_number: str) -> str:
    """Return the name of the individual who has a client number, or blank."""
    found = Individual.objects.filter(client_number=client_number).first() if client_number else None
    return f"{found.given_name} {found.family_name}" if found else ""


def may_practise(registrant: Registrant | None, client_number: str) -> bool:
    """Tell whether a right to practise is in force today: a firm's registration, or somebody's attachment to a firm."""
    today = legal_day(now())
    if registrant is not None:
        rights = Registration.objects.filter(registrant=registrant, jurisdiction="QC", state__in=ACTIVE)
        return rights.filter(during__contains=today).exists()
    if not client_number:
        return False
    return Attachment.objects.filter(individual__client_number=client_number, during__contains=today).exists()


def officers_of(registrant: Registrant | None) -> tuple[str, ...]:
    """Return the names of those who hold an office in a firm today."""
    if registrant is None:
        return ()
    return tuple(dict.fromkeys(str(each.individual) for each in offices_of(registrant, legal_day(now()))))


def offices_of(registrant: Registrant, on: date) -> QuerySet[Office]:
    """Return the offices that are held in a firm on a day."""
    held = Office.objects.filter(registrant=registrant, during__contains=on)
    return held.select_related("individual").order_by("individual__sort_name", "id")


def is_enrolled(neq: str, client_number: str) -> bool:
    """Tell whether an account has this NEQ or, without one, this client number."""
    if neq:
        return Identifier.objects.filter(
            kind=Identifier.Kind.NEQ, value=neq, during__contains=AppNow()
        ).exists()  # fmt: skip
    live = ~Q(state__in=[RegistrationState.REFUSED, RegistrationState.DEACTIVATED])
    if ServiceRegistration.objects.filter(live, client_number=client_number).exists():
        return True
    approved = Enrolment.objects.filter(client_number=client_number, neq="", state=State.APPROVED)
    return approved.exclude(enterprise__state=Enterprise.State.CLOSED).exists()


def twins_of(enrolment: Enrolment, neq: str, client_number: str) -> QuerySet[Enrolment]:
    """Return the other enrolments in course of the same enterprise."""
    same = {"neq": neq} if neq else {"neq": "", "client_number": client_number}
    in_course = Enrolment.objects.filter(**same, state__in=[*AWAITING_VERIFICATION, *AWAITING_APPLICANT])
    return in_course.exclude(pk=enrolment.pk).order_by("id")


def names_by_email(addresses: Iterable[str]) -> dict[str, str]:
    """Return the names of those who sign in by some addresses."""
    links = LoginLink.objects.filter(login__email__in=addresses, login__is_active=True, during__contains=AppNow())
    return {each.login.email: str(each.person) for each in links.select_related("login", "person")}
