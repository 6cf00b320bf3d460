from django.apps import AppConfig


class BusinessRegisterConfig(AppConfig):
    name = "mandat.business_register"
