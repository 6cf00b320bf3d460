"""Signing in and out. The names are allauth's: it looks its pages up by them. What is not here does not exist."""

from django.urls import path

from mandat.web.account import email_links, lost_factor, outside, recovery, recovery_codes, set_up, step_up, views

urlpatterns = [
    path("entrer", views.SignIn.as_view(), name="account_login"),
    path("entrer/cle", views.EnterAlone.as_view(), name="passkey_login"),
    path("entrer/cle/defi", views.ask_to_enter, name="passkey_login_challenge"),
    path("entrer/code", views.EnterCode.as_view(), name="mfa_authenticate"),
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
    path("courriel/confirmer/<str:token>", email_links.confirm, name="email_confirm"),
    path("courriel/annuler/<str:token>", email_links.undo, name="email_undo"),
    path("entrer/code/courriel", views.send_code, name="mfa_send_code"),
    path("entrer/code/cle", views.EnterPasskey.as_view(), name="passkey_authenticate"),
    path("entrer/code/cle/defi", views.ask_for_passkey, name="passkey_authenticate_challenge"),
    path("entrer/second-facteur", set_up.SetUp.as_view(), name="mfa_activate_totp"),
    path("entrer/second-facteur.svg", set_up.set_up_drawing, name="mfa_totp_drawing"),
    path("entrer/second-facteur/cle", set_up.SetUpPasskey.as_view(), name="passkey_set_up"),
    path("entrer/second-facteur/cle/defi", set_up.ask_to_set_up, name="passkey_set_up_challenge"),
    path("entrer/confirmer/code", step_up.ProveAgain.as_view(), name="mfa_reauthenticate"),
    path("entrer/confirmer/code/courriel", step_up.send_code_again, name="mfa_send_code_again"),
    path("entrer/confirmer/cle", step_up.PasskeyAgain.as_view(), name="passkey_reauthenticate"),
    path("entrer/confirmer/cle/defi", step_up.ask_again, name="passkey_reauthenticate_challenge"),
    path("entrer/confirmer/reprendre", step_up.resume, name="account_resume"),
    path("compte/codes-de-secours", recovery_codes.show, name="mfa_view_recovery_codes"),
    path("compte/codes-de-secours/nouveaux", recovery_codes.renew, name="mfa_generate_recovery_codes"),
    path("entrer/par/<slug:provider>", outside.go, name="outside_go"),
    path("entrer/retour", outside.come_back, name="outside_return"),
    path("sortir", views.SignOut.as_view(), name="account_logout"),
]
