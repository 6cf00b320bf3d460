"""The addresses of the regulator's staff, under /agence/."""

from django.urls import include, path

from mandat.web.staff import filings, operations, queue, reference, register, views

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

urlpatterns = [
    path("", views.home, name="home"),
    path("dossiers", queue.queue, name="queue"),
    path("dossiers/maintenant", queue.queue_now, name="queue_now"),
    path("demandes/<uuid:filing>/", include(one_filing)),
    path("registre", register.registrants, name="registrants"),
    path("registre/<uuid:registrant>", register.registrant, name="registrant"),
    path("reference/", reference.lists, name="reference"),
    path("reference/<slug:kind>", reference.entries, name="reference_list"),
    path("serveur", operations.operations, name="operations"),
    path("serveur/maintenant", operations.operations_now, name="operations_now"),
    path("serveur/reprendre/<slug:kind>/<uuid:effect>", operations.resume, name="resume"),
]
