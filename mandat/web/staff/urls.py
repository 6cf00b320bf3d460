"""The addresses of the regulator's staff, under /agence/."""

from django.urls import path

from mandat.web.staff import filings, operations, queue, reference, views

app_name = "staff"
urlpatterns = [
    path("", views.home, name="home"),
    path("dossiers", queue.queue, name="queue"),
    path("dossiers/maintenant", queue.queue_now, name="queue_now"),
    path("depots/<uuid:filing>", filings.filing, name="filing"),
    path("reference/", reference.lists, name="reference"),
    path("reference/<slug:kind>", reference.entries, name="reference_list"),
    path("serveur", operations.operations, name="operations"),
    path("serveur/maintenant", operations.operations_now, name="operations_now"),
    path("serveur/reprendre/<slug:kind>/<uuid:effect>", operations.resume, name="resume"),
]
