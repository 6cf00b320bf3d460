"""The addresses open to everyone."""

from django.urls import path

from mandat.web.account import outside
from mandat.web.help import views as help_views
from mandat.web.public import activation, enrolment, enrolment_asking, enrolment_steps, handovers, notices, paper, views

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("avant-de-commencer", views.checklist, name="checklist"),
    path("theme.css", views.theme_sheet, name="theme"),
    path("design", views.design, name="design"),
    path("accessibilite", views.accessibility, name="accessibility"),
    path("vie-privee", views.privacy, name="privacy"),
    path("blocs", views.blocks, name="blocks"),
    path("aide", help_views.centre, name="help"),
    path("aide/<slug:article>", help_views.article, name="article"),
    path("inscription", enrolment.start, name="enrolment_start"),
    path("inscription/reprendre", enrolment.resume, name="enrolment_resume"),
    path("inscription/papier", paper.start, name="paper"),
    path("inscription/papier/<uuid:enrolment>", paper.form, name="paper_form"),
    path("inscription/papier/<uuid:enrolment>/formulaire.pdf", paper.form_file, name="paper_pdf"),
    path("inscription/responsables", enrolment_asking.who_is_in_charge, name="enrolment_in_charge"),
    path("inscription/<uuid:enrolment>/piece", enrolment_asking.evidence, name="enrolment_evidence"),
    path(
        "inscription/<uuid:enrolment>/piece/repondre",
        enrolment_asking.evidence_answered,
        name="enrolment_evidence_answered",
    ),
    path("inscription/<uuid:enrolment>/aide", enrolment_asking.ask_person, name="enrolment_person"),
    path("inscription/<uuid:enrolment>", enrolment.status, name="enrolment_status"),
    path("inscription/<uuid:enrolment>/maintenant", enrolment.status_now, name="enrolment_now"),
    path("inscription/<uuid:enrolment>/lettres/<uuid:letter>", enrolment.letter, name="enrolment_letter"),
    path("inscription/<uuid:enrolment>/code", enrolment.code, name="enrolment_code"),
    path("inscription/<uuid:enrolment>/etape/<slug:code>", enrolment_steps.step, name="enrolment_step"),
    path("inscription/<uuid:enrolment>/pieces", enrolment_steps.documents, name="enrolment_documents"),
    path("inscription/<uuid:enrolment>/pieces/<uuid:document>", enrolment_steps.document, name="enrolment_document"),
    path(
        "inscription/<uuid:enrolment>/pieces/<uuid:document>/enlever",
        enrolment_steps.document_removed,
        name="enrolment_document_removed",
    ),
    path("inscription/<uuid:enrolment>/verifier", enrolment_steps.review, name="enrolment_review"),
    path("inscription/<uuid:enrolment>/retirer", enrolment.withdraw, name="enrolment_withdraw"),
    path("releve", handovers.start, name="handover_start"),
    path("releve/retrouver", handovers.resume, name="handover_resume"),
    path("releve/<uuid:handover>", handovers.status, name="handover_status"),
    path("releve/<uuid:handover>/code", handovers.code, name="handover_code"),
    path("releve/<uuid:handover>/demande", handovers.ask, name="handover_ask"),
    path("releve/<uuid:handover>/relire", handovers.review, name="handover_review"),
    path("releve/<uuid:handover>/pieces/<uuid:document>", handovers.document, name="handover_document"),
    path(
        "releve/<uuid:handover>/pieces/<uuid:document>/enlever",
        handovers.document_removed,
        name="handover_document_removed",
    ),
    path("releve/<uuid:handover>/retirer", handovers.withdraw, name="handover_withdraw"),
    path("avis/<str:token>", notices.notice, name="notice"),
    path("activer/<str:token>", activation.activate, name="activate"),
    path("activer/<str:token>/par/<slug:provider>", outside.activate, name="activate_outside"),
    path("activer/<str:token>/par/<slug:provider>/aller", outside.go_and_activate, name="go_and_activate"),
    path("activer/<str:token>/decliner", activation.decline, name="decline"),
]
