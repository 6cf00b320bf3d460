"""The addresses of a person, under /compte/."""

from django.urls import path

from mandat.web.person import history, profile, resuming, rights, services, sessions, views

app_name = "account"
urlpatterns = [
    path("", views.home, name="home"),
    path("droits", rights.rights, name="rights"),
    path("droits/<uuid:firm>/quitter", rights.leave, name="leave"),
    path("profil", profile.profile, name="profile"),
    path("profil/courriel", profile.email, name="email"),
    path("profil/courriel/envoye", profile.email_sent, name="email_sent"),
    path("sessions", sessions.sessions, name="sessions"),
    path("sessions/autres/fermer", sessions.end_others, name="end_others"),
    path("sessions/toutes/fermer", sessions.end_all, name="end_all"),
    path("sessions/<uuid:session>/fermer", sessions.end_one, name="end_session"),
    path("sessions/rester", sessions.stay, name="stay"),
    path("reprendre", resuming.resume, name="resume"),
    path("reprendre/oublier", resuming.forget, name="forget"),
    path("historique", history.history, name="history"),
    path("services", services.services, name="services"),
    path("services/<uuid:consent>/retirer", services.withdraw, name="withdraw_consent"),
]
