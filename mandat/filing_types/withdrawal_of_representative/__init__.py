from mandat.filing_types.withdrawal_of_representative.definition import withdrawal_of_representative

__all__ = ["withdrawal_of_representative"]
