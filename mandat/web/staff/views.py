"""The home of the regulator's staff."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mandat.access.rights import Right
from mandat.casework.queries import queue_of
from mandat.web.asking import Request
from mandat.web.permissions import RULES, Staff
from mandat.web.staff.queue import rows_of
from mandat.web.staff.roles import waiting_for

#: How many cases the home shows: enough to begin the day.
FIRST = 5
PAGES = (
    (
        "staff:registrants",
        _("Registre"),
        _("Les firmes et les représentants autonomes inscrits, et leur dossier"),
    ),
    (
        "staff:papers",
        _("Voie papier"),
        _("Recevoir un formulaire, taper ce qu’il dit à côté de ses pages, le relier ou l’écarter"),
    ),
    (
        "staff:handovers",
        _("Demandes de relève"),
        _("Qui agit pour une firme à partir de maintenant : les demandes, leurs avis, leurs oppositions"),
    ),
    (
        "staff:departures",
        _("Départs signalés"),
        _("Personnes décédées, parties ou congédiées : les places à terminer par une seconde personne du bureau"),
    ),
    (
        "staff:support",
        _("Soutien"),
        _("Consulter le compte d’une firme qui demande de l’aide, sans rien y changer"),
    ),
    (
        "staff:causes",
        _("Firmes arrêtées par une cause"),
        _("Radiées, en faillite, fusionnées, sans inscription : ce qu’en disent les registres, et ce qui s’ensuit"),
    ),
    (
        "staff:roles",
        _("Rôles du personnel"),
        _("Qui a quel rôle, depuis quand, donné par qui; ce qui est à confirmer et à revoir"),
    ),
    (
        "staff:reference",
        _("Données de référence"),
        _("Blocs, territoires, jours fériés, politiques : leur source et leurs dates"),
    ),
    (
        "staff:clients",
        _("Services reliés"),
        _("Les services d’autres organismes où l’on entre par nous : leurs adresses, leurs secrets, ce qu’ils savent"),
    ),
    (
        "staff:people",
        _("Suspendre ou rétablir une personne"),
        _("Par son code ou son courriel exact, pour un motif qui est conservé"),
    ),
    (
        "staff:operations",
        _("Ce que fait le serveur"),
        _("Derniers événements, travailleurs en marche, travaux mis de côté"),
    ),
)


@require_safe
def home(request: Request) -> HttpResponse:
    """Show staff what waits for them first, which rights they hold, and the pages that these open."""
    pages = [
        page for page in PAGES if isinstance(rule := RULES[page[0]], Staff) and rule.is_open_to(request.staff_rights)
    ]
    cases = queue_of(request.actor.person, request.at)
    context = {
        "pages": pages,
        "waiting": cases.count(),
        "rows": rows_of(cases[:FIRST]),
        "to_confirm": 0,
        "to_review": 0,
    }
    if Right.SUPERVISE in request.staff_rights:
        context["to_confirm"], context["to_review"] = waiting_for(request.actor.person, request.at)
    return render(request, "mandat/web/staff/home.html", context)
