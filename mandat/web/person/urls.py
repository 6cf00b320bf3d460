"""The addresses of a person, under /compte/."""

from django.urls import include, path

from mandat.web.account import outside
from mandat.web.person import (
    clients,
    consents,
    factor_gestures,
    factors,
    history,
    password,
    profile,
    requests,
    resuming,
    rights,
    sessions,
    views,
)

ways_in = [
    path("", factors.factors, name="factors"),
    path("plus-tard", factors.decline, name="decline_passkey"),
    path("cles/nouvelle", factor_gestures.new_passkey, name="new_passkey"),
    path("cles/nouvelle/defi", factor_gestures.ask_for_new_passkey, name="new_passkey_challenge"),
    path("cles/<uuid:passkey>/nommer", factor_gestures.name_passkey, name="name_passkey"),
    path("cles/<uuid:passkey>/retirer", factor_gestures.drop_passkey, name="drop_passkey"),
    path("application", factor_gestures.application, name="application"),
    path("application.svg", factor_gestures.application_drawing, name="application_drawing"),
    path("application/retirer", factor_gestures.drop_application, name="drop_application"),
    path("mot-de-passe", password.password, name="password"),
]

app_name = "account"
urlpatterns = [
    path("", views.home, name="home"),
    path("clients", clients.clients, name="clients"),
    path("droits", rights.rights, name="rights"),
    path("droits/<uuid:firm>/quitter", rights.leave, name="leave"),
    path("droits/<uuid:firm>/demander", requests.ask, name="ask_rights"),
    path("droits/demandes/<uuid:asked>/", requests.one, name="rights_request"),
    path("droits/demandes/<uuid:asked>/retirer", requests.withdraw, name="withdraw_request"),
    path("profil", profile.profile, name="profile"),
    path("profil/courriel", profile.email, name="email"),
    path("profil/courriel/envoye", profile.email_sent, name="email_sent"),
    path("sessions", sessions.sessions, name="sessions"),
    path("sessions/autres/fermer", sessions.end_others, name="end_others"),
    path("sessions/toutes/fermer", sessions.end_all, name="end_all"),
    path("sessions/<uuid:session>/fermer", sessions.end_one, name="end_session"),
    path("sessions/appareils/<uuid:device>/oublier", sessions.forget, name="forget_device"),
    path("sessions/rester", sessions.stay, name="stay"),
    path("reprendre", resuming.resume, name="resume"),
    path("reprendre/oublier", resuming.forget, name="forget"),
    path("historique", history.history, name="history"),
    path("ailleurs", outside.links, name="outside"),
    path("ailleurs/relier/<slug:provider>", outside.connect, name="connect_outside"),
    path("ailleurs/<uuid:link>/delier", outside.unlink, name="unlink_outside"),
    path("services", consents.services, name="services"),
    path("services/<uuid:consent>/retirer", consents.withdraw, name="withdraw_consent"),
    path("facons-d-entrer/", include(ways_in)),
]
