"""The addresses open to everyone."""

from django.urls import path

from mandat.web.public import views

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("avant-de-commencer", views.checklist, name="checklist"),
    path("accessibilite", views.accessibility, name="accessibility"),
    path("vie-privee", views.privacy, name="privacy"),
]
