from django.apps import AppConfig


class FilingTypesConfig(AppConfig):
    name = "mandat.filing_types"

    def ready(self) -> None:
        """Hand the catalogue down to the engine, which knows no type by itself."""
        from mandat.filing_types.catalogue import TYPES
        from mandat.filings.registry import install

        install(TYPES)
