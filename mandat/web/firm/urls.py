"""The addresses of a firm, under /d/<firm>/."""

from django.urls import include, path

from mandat.web.firm import (
    access_gestures,
    access_history,
    accesses,
    bulk,
    ending,
    file,
    filing_access,
    filing_documents,
    filing_signing,
    filing_steps,
    filings,
    handovers,
    naming,
    news,
    proxies,
    registration,
    reproofs,
    requests,
    second_person,
    table,
    views,
    visits,
    waking,
    why,
)

app_name = "firm"

#: Of one filing, under demandes/<filing>/.
one_filing = [
    path("", filings.filing, name="filing"),
    path("maintenant", filings.filing_now, name="filing_now"),
    path("etapes/<slug:code>", filing_steps.step, name="step"),
    path("documents", filing_documents.documents, name="documents"),
    path("documents/<uuid:document>", filing_documents.document, name="document"),
    path("documents/<uuid:document>/retirer", filing_documents.remove, name="remove_document"),
    path("acces", filing_access.grant, name="grant_on_filing"),
    path("relire", filing_signing.review, name="review"),
    path("signer", filing_signing.sign, name="sign"),
    path("retirer", filing_signing.withdraw, name="withdraw"),
    path("recus/<uuid:submission>", filing_signing.receipt, name="receipt"),
    path("recus/<uuid:submission>.json", filing_signing.receipt_file, name="receipt_file"),
]

#: Of one person of the firm, under acces/<person>/.
one_person = [
    path("", accesses.person, name="person"),
    path("pourquoi", why.why, name="why"),
    path("accorder", access_gestures.grant, name="grant"),
    path("retablir", waking.wake, name="wake"),
    path("fin-de-responsabilite", ending.end_designation, name="end_designation"),
    path("identite", reproofs.confirm, name="confirm_identity"),
    path("identite/refuser", reproofs.refuse, name="refuse_identity"),
    path("invitation", access_gestures.renew_invitation, name="renew_invitation"),
    path("invitation/annuler", access_gestures.cancel, name="cancel_invitation"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("acces/", accesses.people, name="accesses"),
    path("acces/tableau", table.table, name="access_table"),
    path("acces/tableau.csv", table.table_file, name="access_table_file"),
    path("acces/historique", access_history.history, name="access_history"),
    path("acces/terminees", accesses.past, name="past_proxies"),
    path("acces/consultations", visits.visits, name="visits"),
    path("acces/nouvelle-personne", access_gestures.new_user, name="new_user"),
    path("acces/releve", handovers.handovers, name="handovers"),
    path("acces/releve/commencer", handovers.begin, name="begin_handover"),
    path("acces/nouveau-responsable", naming.name, name="name_rse"),
    path("acces/deux-personnes/", second_person.second_person, name="second_person"),
    path("acces/deux-personnes/<uuid:change>/confirmer", second_person.confirm_change, name="confirm_change"),
    path("acces/deux-personnes/<uuid:change>/ecarter", second_person.drop_change, name="drop_change"),
    path("acces/par-fichier", bulk.bulk, name="bulk"),
    path("acces/par-fichier/faire", bulk.carry_out, name="bulk_done"),
    path("acces/demandes/", requests.requests, name="rights_requests"),
    path("acces/demandes/<uuid:asked>/", requests.one, name="rights_request"),
    path("acces/demandes/<uuid:asked>/refuser", requests.refuse, name="refuse_request"),
    path("acces/procurations/<uuid:proxy>/revoquer", access_gestures.revoke, name="revoke"),
    path("acces/procurations/<uuid:proxy>/", proxies.proxy, name="proxy"),
    path("acces/procurations/<uuid:proxy>/changer", proxies.change, name="change_proxy"),
    path("acces/procurations/<uuid:proxy>/suspendre", proxies.suspend, name="suspend_proxy"),
    path("acces/procurations/<uuid:proxy>/confirmer", proxies.confirm, name="confirm_proxy"),
    path("acces/<uuid:person>/", include(one_person)),
    path("services/", registration.services, name="services"),
    path("services/maintenant", registration.services_now, name="services_now"),
    path("services/inscrire", registration.register, name="register"),
    path("services/ajouts", news.news, name="news"),
    path("services/blocs", registration.choose_blocks, name="choose_blocks"),
    path("dossier", file.file, name="file"),
    path("demandes", filings.filings, name="filings"),
    path("demandes/maintenant", filings.filings_now, name="filings_now"),
    path("demandes/nouvelle/<slug:code>", filings.begin, name="begin"),
    path("demandes/<uuid:filing>/", include(one_filing)),
]
