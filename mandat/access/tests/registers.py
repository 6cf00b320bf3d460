"""The gesture of a register in a life: it strikes a firm off or takes it back; late, twice, or out of order."""

from datetime import timedelta

from mandat.access.causes import Cause, Fact, Reported
from mandat.access.commands.causes import hear
from mandat.access.tests.told import FIRMS


def a_register_speaks(life, dice):
    """Hear of a firm as of an instant that may come before what was heard of it; what stopped it then comes back."""
    firm = dice.choice(FIRMS)
    is_struck = dice.random() < (0.2 if firm in life.drawer.struck else 0.6)
    as_of = life.at - timedelta(days=dice.choice([0, 0, 0, 3, 10]))
    facts = (Fact(Cause.STRUCK_OFF),) if is_struck else ()
    reported = Reported("business_register", as_of, next(life.keys), facts)
    was = firm in life.drawer.struck
    for _ in range(dice.choice([1, 1, 2])):
        hear(enterprise_id=life.world.firms[firm].public_id, reported=reported)
    life.tell("is struck off" if is_struck else "is registered", firm=firm, since=as_of)
    if was and firm not in life.drawer.struck and life.drawer.firms[firm] in ("active", "in recovery"):
        life.tell("firm is active" if life.in_charge(firm) else "firm is in recovery", firm=firm)
