"""What follows from what happened to the register: whoever it stops, or lets go on, is so at once."""

from mandat.register.events import RegisterImported, RegistrantLinked
from mandat.register.standing import push_standings


def tell_access(_event: RegisterImported | RegistrantLinked) -> None:
    """Have what the register says now stop, or let go on, the enterprises that it speaks of."""
    push_standings()
