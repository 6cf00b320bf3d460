"""Signing in and out. The names are allauth's: it looks its pages up by them. What is not here does not exist."""

from django.urls import path

from mandat.web.account import email_links, lost_factor, recovery, views

urlpatterns = [
    path("entrer", views.SignIn.as_view(), name="account_login"),
    path("entrer/code", views.EnterCode.as_view(), name="mfa_authenticate"),
    path("entrer/second-facteur", views.SetUp.as_view(), name="mfa_activate_totp"),
    path("entrer/second-facteur.svg", views.set_up_drawing, name="mfa_totp_drawing"),
    path("entrer/confirmer", views.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("entrer/confirmer/code", views.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path("entrer/mot-de-passe-perdu", recovery.lost, {"lost": "password"}, name="lost_password"),
    path("entrer/code-perdu", recovery.lost, {"lost": "user_code"}, name="lost_user_code"),
    path("entrer/second-facteur-perdu", recovery.lost_factor, name="lost_factor"),
    path("entrer/courriel-envoye", recovery.sent, name="lost_sent"),
    path("entrer/mot-de-passe/<str:token>", recovery.choose, name="recovery_link"),
    path("entrer/mot-de-passe/<str:token>/arreter", recovery.stop, name="recovery_stop"),
    path("entrer/code/perdu", lost_factor.ask, name="lost_factor_ask"),
    path("entrer/mot-de-passe/<str:token>/second-facteur-perdu", lost_factor.ask_by_mail, name="lost_factor_by_mail"),
    path("entrer/demande-envoyee", lost_factor.asked, name="lost_factor_asked"),
    path("entrer/preuve/<str:token>", lost_factor.prove, name="reproof"),
    path("entrer/preuve/<str:token>/arreter", lost_factor.stop, name="reproof_stop"),
    path("entrer/preuve/<str:token>/bureau", lost_factor.desk, name="reproof_desk"),
    path("compte/codes-de-secours", views.show_recovery_codes, name="mfa_view_recovery_codes"),
    path("compte/codes-de-secours/nouveaux", views.make_recovery_codes, name="mfa_generate_recovery_codes"),
    path("courriel/confirmer/<str:token>", email_links.confirm, name="email_confirm"),
    path("courriel/annuler/<str:token>", email_links.undo, name="email_undo"),
    path("sortir", views.SignOut.as_view(), name="account_logout"),
]
