"""The pages of the staff itself: who has which role, who is invited."""

from uuid import uuid4

from mandat.access.models import StaffAssignment
from mandat.access.tests.factories import DesignationFactory, StaffAssignmentFactory, actor
from mandat.enrolment.commands import cancel_invitation, invite_staff
from mandat.enrolment.commands.departures import drop_departure, report_departure
from mandat.enrolment.reading import Named
from mandat.web.tests.places_of_enrolments import Page


def pages_of_roles(visitors) -> list[Page]:
    """Return the pages of the roles of the staff: one that is held, and one that waits for a second supervisor."""
    kept, waiting = (
        f"/agence/personnel/{each.public_id}/"
        for each in (
            StaffAssignment.objects.filter(confirmed_at__isnull=False).order_by("id")[0],
            StaffAssignment.objects.filter(confirmed_at=None, first=None).order_by("id")[0],
        )
    )
    return [
        *pages_of_staff_invitations(visitors),
        ("supervisor", "/agence/personnel/", 200),
        ("auditor", "/agence/personnel/", 200),
        ("supervisor", "/agence/personnel/termines", 200),
        ("supervisor", "/agence/personnel/nouveau", 200),
        *(("supervisor", f"{kept}{act}", 200) for act in ("", "revoir", "terminer")),
        *(("supervisor", f"{waiting}{act}", 200) for act in ("", "confirmer", "retirer")),
        ("supervisor2", f"{waiting}retirer", 200),
    ]


def pages_of_departures(visitors) -> list[Page]:
    """Return the pages of places that the desk ends: none reported yet, one that waits, one set aside."""
    desk = actor(StaffAssignmentFactory().person)
    first, second = (DesignationFactory(enterprise=visitors.other_firm).public_id for _ in range(2))
    waiting, over = (
        report_departure(key=uuid4(), designation=each, cause="MISTAKE", words="La firme l’a dit.", file=None, by=desk)
        for each in (first, second)
    )
    drop_departure(departure=over.public_id, reason="Erreur de nom.", by=desk)
    new = DesignationFactory(enterprise=visitors.other_firm, as_ra=True).public_id
    one = f"/agence/departs/{waiting.public_id}/"
    return [
        ("verifier1", "/agence/departs/", 200),
        ("verifier1", "/agence/departs/?decided=yes", 200),
        ("verifier1", f"/agence/departs/place/{new}", 200),
        *(("verifier1", f"{one}{page}", 200) for page in ("", "end", "drop")),
        ("verifier1", f"/agence/departs/{over.public_id}/", 200),
        ("verifier1", f"/agence/departs/{over.public_id}/end", 409),
    ]


def pages_of_staff_invitations(visitors) -> list[Page]:
    """Return the pages of invitations to the regulator’s side: one that waits, and one that was cancelled."""
    waiting, over = (
        invite_staff(
            key=uuid4(), named=Named("Odile", name, f"{name.lower()}@demo.test", "fr"), by=visitors.actors["supervisor"]
        ).public_id
        for name in ("Lachance", "Lamontagne")
    )
    cancel_invitation(invitation_id=over, by=visitors.actors["supervisor"])
    return [
        ("supervisor", "/agence/personnel/inviter", 200),
        *(("supervisor", f"/agence/personnel/invitations/{each}/", 200) for each in (waiting, over)),
    ]
