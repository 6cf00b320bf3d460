"""Every filing type, in the order in which they are offered. An old version stays as long as a filing keeps it."""

from mandat.filing_types.withdrawal_of_representative import withdrawal_of_representative

TYPES = (withdrawal_of_representative,)
