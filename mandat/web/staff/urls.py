"""The addresses of the regulator's staff, under /agence/."""

from django.urls import include, path

from mandat.web.staff import (
    causes,
    clients,
    departures,
    filings,
    handovers,
    invitations,
    operations,
    paper,
    people,
    queue,
    recoveries,
    reference,
    register,
    registrations,
    reproofs,
    role_gestures,
    roles,
    support,
    verification,
    views,
    why,
)
from mandat.web.staff import verification_gestures as gestures

app_name = "staff"

#: Of one filing, under demandes/<filing>/.
one_filing = [
    path("", filings.filing, name="filing"),
    path("maintenant", filings.filing_now, name="filing_now"),
    path("prendre", filings.take, name="take_up"),
    path("rendre", filings.give_back, name="give_back"),
    path("accepter", filings.admit, name="accept"),
    path("refuser", filings.reject, name="refuse"),
    path("documents/<uuid:document>", filings.document, name="document"),
]

#: Of one enrolment, under inscriptions/<enrolment>/.
one_enrolment = [
    path("", verification.enrolment, name="enrolment"),
    path("maintenant", verification.enrolment_now, name="enrolment_now"),
    path("prendre", verification.enrolment_taken_up, name="enrolment_taken_up"),
    path("renvoyer", verification.enrolment_returned, name="enrolment_returned"),
    path("refuser", verification.enrolment_refused, name="enrolment_refused"),
    path("approuver", verification.enrolment_approved, name="enrolment_approved"),
    path("pieces/<uuid:document>", verification.enrolment_document, name="enrolment_document"),
    path("lettres/<uuid:letter>", verification.enrolment_letter, name="enrolment_letter"),
    path("demander-piece", gestures.evidence, name="enrolment_evidence"),
    path("sans-reponse", gestures.resumed, name="enrolment_resumed"),
    path("proposer", gestures.proposed, name="enrolment_proposed"),
    path("reprendre", gestures.reconsidered, name="enrolment_reconsidered"),
    path("recuser", gestures.stepped_aside, name="enrolment_stepped_aside"),
    path("reverifier", gestures.checked_again, name="enrolment_checked_again"),
    path("second-regard", gestures.looked_again, name="enrolment_looked_again"),
]

#: Of one paper that came in, under papier/<intake>/.
one_paper = [
    path("", paper.paper, name="paper"),
    path("pages/<int:number>", paper.page, name="paper_page"),
    path("fichier", paper.file, name="paper_file"),
    path("relier", paper.link, name="paper_link"),
    path("ecarter", paper.set_aside, name="paper_set_aside"),
]

#: Of one service that has persons sign in with us, under clients/<client>/.
one_client = [
    path("", clients.client, name="client"),
    path("modifier", clients.change, name="change_client"),
    path("secret", clients.renew_secret, name="renew_client_secret"),
    path("desactiver", clients.disable, name="disable_client"),
    path("reactiver", clients.enable, name="enable_client"),
]

#: Of one invitation to the staff, under personnel/invitations/<invitation>/.
one_invitation = [
    path("", invitations.invitation, name="staff_invitation"),
    path("renouveler", invitations.renew, name="renew_staff_invitation"),
    path("annuler", invitations.cancel, name="cancel_staff_invitation"),
]

#: Of one role of the staff, under personnel/<role>/.
one_role = [
    path("", roles.role, name="role"),
    path("confirmer", role_gestures.confirm, name="confirm_role"),
    path("retirer", role_gestures.drop, name="drop_role"),
    path("revoir", role_gestures.keep, name="keep_role"),
    path("terminer", role_gestures.end, name="end_role"),
]

#: Of one firm that a cause may stop, under causes/<enterprise>/.
one_firm = [
    path("", causes.firm, name="firm_causes"),
    path("suspendre", causes.hold, name="hold_account"),
    path("lever", causes.release, name="release_account"),
    path("<slug:source>/<slug:cause>/ecarter", causes.set_aside, name="set_cause_aside"),
    path("<slug:source>/<slug:cause>/reprendre", causes.heed, name="heed_cause"),
]

urlpatterns = [
    path("causes/", causes.causes, name="causes"),
    path("causes/<uuid:enterprise>/", include(one_firm)),
    path("pourquoi", why.why, name="why"),
    path("", views.home, name="home"),
    path("identites/<uuid:reproof>/", reproofs.reproof, name="reproof"),
    path("identites/<uuid:reproof>/refuser", reproofs.refuse, name="refuse_reproof"),
    path("releves/", handovers.handovers, name="handovers"),
    path("releves/<uuid:handover>/", handovers.handover, name="handover"),
    path("releves/<uuid:handover>/pieces/<uuid:document>", handovers.document, name="handover_document"),
    path("releves/<uuid:handover>/<slug:move>", handovers.act, name="handover_act"),
    path("departs/", departures.departures, name="departures"),
    path("departs/place/<uuid:designation>", departures.report, name="report_departure"),
    path("departs/<uuid:departure>/", departures.departure, name="departure"),
    path("departs/<uuid:departure>/pieces/<uuid:document>", departures.document, name="departure_document"),
    path("departs/<uuid:departure>/<slug:move>", departures.act, name="departure_act"),
    path("reprises/<uuid:enterprise>/", recoveries.recovery, name="recovery"),
    path("dossiers", queue.queue, name="queue"),
    path("dossiers/maintenant", queue.queue_now, name="queue_now"),
    path("demandes/<uuid:filing>/", include(one_filing)),
    path("inscriptions/<uuid:enrolment>/", include(one_enrolment)),
    path("papier/", paper.papers, name="papers"),
    path("papier/<uuid:intake>/", include(one_paper)),
    path("invitations/<uuid:invitation>/lettre", verification.invitation_letter, name="invitation_letter"),
    path("appels/<uuid:call_request>/", gestures.call, name="call_request"),
    path("invitations/<uuid:invitation>/renouveler", verification.invitation_renewed, name="invitation_renewed"),
    path("services/<uuid:registration>/", registrations.registration, name="registration"),
    path("services/<uuid:registration>/accepter", registrations.accept, name="accept_registration"),
    path("services/<uuid:registration>/refuser", registrations.refuse, name="refuse_registration"),
    path("clients/", clients.clients, name="clients"),
    path("clients/nouveau", clients.new_client, name="new_client"),
    path("clients/<uuid:client>/", include(one_client)),
    path("soutien/", support.support, name="support"),
    path("soutien/firmes/<uuid:enterprise>", support.open_, name="open_visit"),
    path("soutien/<uuid:visit>/", support.visit, name="visit"),
    path("soutien/<uuid:visit>/fermer", support.close, name="close_visit"),
    path("personnel/", roles.roles, name="roles"),
    path("personnel/termines", roles.past, name="past_roles"),
    path("personnel/nouveau", role_gestures.new_role, name="new_role"),
    path("personnel/inviter", invitations.invite, name="invite"),
    path("personnel/invitations/<uuid:invitation>/", include(one_invitation)),
    path("personnel/<uuid:role>/", include(one_role)),
    path("personnes/", people.people, name="people"),
    path("personnes/<uuid:person>/", people.person, name="person"),
    path("personnes/<uuid:person>/suspendre", people.suspend, name="suspend_person"),
    path("personnes/<uuid:person>/retablir", people.restore, name="restore_person"),
    path("registre", register.registrants, name="registrants"),
    path("registre/<uuid:registrant>", register.registrant, name="registrant"),
    path("reference/", reference.lists, name="reference"),
    path("reference/<slug:kind>", reference.entries, name="reference_list"),
    path("serveur", operations.operations, name="operations"),
    path("serveur/maintenant", operations.operations_now, name="operations_now"),
    path("serveur/reprendre/<slug:kind>/<uuid:effect>", operations.resume, name="resume"),
]
