"""
The addresses of the pages, by area: open to all, firm (the firm acted for is in the address), staff, person.

Who may open what is in permissions.py, and nowhere else.
"""

from django.conf import settings
from django.urls import include, path

from mandat.web.openid.urls import pages

urlpatterns = [
    path("", include("mandat.web.public.urls")),
    path("", include("mandat.web.account.urls")),
    path("compte/", include("mandat.web.person.urls")),
    path("d/<uuid:firm>/", include("mandat.web.firm.urls")),
    path("agence/", include("mandat.web.staff.urls")),
    *([path("", include(pages))] if "identity" in settings.SERVES else []),
]
