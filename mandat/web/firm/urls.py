"""The addresses of a firm, under /d/<firm>/."""

from django.urls import path

from mandat.web.firm import views

app_name = "firm"
urlpatterns = [path("", views.home, name="home")]
