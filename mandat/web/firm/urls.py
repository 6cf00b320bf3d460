"""The addresses of a firm, under /d/<firm>/."""

from django.urls import include, path

from mandat.web.firm import file, filing_documents, filing_signing, filing_steps, filings, views

app_name = "firm"

#: Of one filing, under demandes/<filing>/.
one_filing = [
    path("", filings.filing, name="filing"),
    path("maintenant", filings.filing_now, name="filing_now"),
    path("etapes/<slug:code>", filing_steps.step, name="step"),
    path("documents", filing_documents.documents, name="documents"),
    path("documents/<uuid:document>", filing_documents.document, name="document"),
    path("documents/<uuid:document>/retirer", filing_documents.remove, name="remove_document"),
    path("relire", filing_signing.review, name="review"),
    path("signer", filing_signing.sign, name="sign"),
    path("retirer", filing_signing.withdraw, name="withdraw"),
    path("recus/<uuid:submission>", filing_signing.receipt, name="receipt"),
    path("recus/<uuid:submission>.json", filing_signing.receipt_file, name="receipt_file"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("dossier", file.file, name="file"),
    path("demandes", filings.filings, name="filings"),
    path("demandes/maintenant", filings.filings_now, name="filings_now"),
    path("demandes/nouvelle/<slug:code>", filings.begin, name="begin"),
    path("demandes/<uuid:filing>/", include(one_filing)),
]
