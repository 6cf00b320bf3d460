"""Every address. `/en/…` is English; French has no prefix. Who may open what: mandat/web/permissions.py."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from mandat.web import health
from mandat.web.openid.urls import endpoints

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    *([path("", include(endpoints))] if "identity" in settings.SERVES else []),
    *i18n_patterns(path("", include("mandat.web.urls")), prefix_default_language=False),
]

handler400 = "mandat.web.errors.bad_request"
handler403 = "mandat.web.errors.forbidden"
handler404 = "mandat.web.errors.not_found"
handler429 = "mandat.web.errors.too_many"  # allauth's limits call it
handler500 = "mandat.web.errors.failed"
