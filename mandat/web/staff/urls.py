"""The addresses of the regulator's staff, under /agence/."""

from django.urls import path

from mandat.web.staff import views

app_name = "staff"
urlpatterns = [path("", views.home, name="home")]
