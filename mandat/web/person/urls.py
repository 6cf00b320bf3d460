"""The addresses of a person, under /compte/."""

from django.urls import path

from mandat.web.person import views

app_name = "account"
urlpatterns = [path("", views.home, name="home")]
