"""The filings of the demonstration: withdrawals of representatives, at least one in every state."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from mandat.demo.people import key
from mandat.filings.commands.drafting import attach_document, begin_filing, save_answers
from mandat.filings.commands.examining import accept, refuse, return_for_correction, take_up
from mandat.filings.commands.submitting import submit_filing, withdraw
from mandat.filings.models import Filing
from mandat.filings.workflow import State
from mandat.identity.actor import Actor
from mandat.platform.clock import legal_day, now
from mandat.platform.files import store
from mandat.register.models import Attachment, Registrant
from mandat.register.queries import attachments_in_force

TYPE = "REP-RETRAIT"


@dataclass(frozen=True)
class Story:
    """One withdrawal: whose, as of when, why, and how far it has come."""

    firm: int  # its place among the demonstration's firms
    representative: int  # their place among those attached, by name
    in_days: int  # from today to the cessation
    reason: str
    to: State
    letter: bool = False  # goes with it


LETTER = "Bonjour,\n\nJe quitte la firme à la date que nous avons convenue.\n\nMerci de ces années.\n"
STORIES = (
    Story(0, 2, -2, "RESIGNED", State.UNDER_REVIEW, letter=True),
    Story(0, 3, 14, "RETIRED", State.SUBMITTED),
    Story(0, 4, -5, "MOVED", State.RETURNED),
    Story(0, 5, 7, "ENDED", State.DRAFT, letter=True),
    Story(1, 1, -30, "DISMISSED", State.ACCEPTED),
    Story(1, 2, 21, "RESIGNED", State.WITHDRAWN),
    Story(2, 3, -1, "RESIGNED-ASKED", State.REFUSED),
    Story(2, 4, 30, "RETIRED", State.ACCEPTED),
    Story(3, 5, 3, "MOVED", State.SUBMITTED),
    Story(3, 6, -12, "RESIGNED", State.SUBMITTED),
)


@dataclass(frozen=True)
class Teller:
    """Who tells a story: the firm's RSE, and the officer who examines it."""

    rse: Actor
    officer: Actor

    def tell(self, story: Story, registrant: Registrant) -> Filing:
        """Bring a filing to where its story leads, from wherever an earlier run left it."""
        words = ("filing", registrant.client_number, str(story.representative))
        filing = begin_filing(key=key(*words), registrant=registrant, type_code=TYPE, by=self.rse)
        if filing.state == State.DRAFT:
            self.write(filing, story)
        for before, act in self.moves(story.to):
            filing.refresh_from_db()
            if filing.state == before:
                act(filing)
        return filing

    def write(self, filing: Filing, story: Story) -> None:
        """Fill in the steps; those of a draft stop half way."""
        pages = list(answers(story, filing.registrant).items())
        for step, typed in pages[:2] if story.to == State.DRAFT else pages:
            filing = save_answers(
                filing=filing.public_id, step=step, answers=typed, revision=filing.revision, by=self.rse
            ).filing
        if story.letter:
            letter = store(BytesIO(LETTER.encode()), name="lettre-de-depart.txt", media_type="text/plain")
            attach_document(filing=filing.public_id, file=letter, revision=filing.revision, by=self.rse)

    def moves(self, to: State) -> Sequence[tuple[State, Callable[[Filing], Any]]]:
        """Return the moves that lead to a state: from which state each starts, and what does it."""
        if to == State.DRAFT:
            return []
        submit = (State.DRAFT, self.submit)
        if to == State.SUBMITTED:
            return [submit]
        if to == State.WITHDRAWN:
            return [submit, (State.SUBMITTED, self.withdraw)]
        taken_up = (State.SUBMITTED, lambda filing: take_up(filing=filing.public_id, by=self.officer))
        ends = {State.RETURNED: self.ask, State.ACCEPTED: self.accept, State.REFUSED: self.refuse}
        end = [(State.UNDER_REVIEW, ends[to])] if to in ends else []
        return [submit, taken_up, *end]

    def submit(self, filing: Filing) -> None:
        """Sign and submit."""
        submit_filing(
            key=key("submit", str(filing.public_id)), filing=filing.public_id, revision=filing.revision, by=self.rse
        )

    def withdraw(self, filing: Filing) -> None:
        """Take back what was filed."""
        withdraw(filing=filing.public_id, reason="La personne demeure finalement à l’emploi de la firme.", by=self.rse)

    def ask(self, filing: Filing) -> None:
        """Ask for a correction."""
        asked = {"custody": "Précisez qui conserve les dossiers des clients de cette personne, et à quelle adresse."}
        return_for_correction(filing=filing.public_id, corrections=asked, by=self.officer)

    def accept(self, filing: Filing) -> None:
        """Accept."""
        accept(filing=filing.public_id, by=self.officer)

    def refuse(self, filing: Filing) -> None:
        """Refuse."""
        reason = "La personne nommée avait déjà été retirée par un avis de la firme, déposé sur papier."
        refuse(filing=filing.public_id, reason=reason, by=self.officer)


def answers(story: Story, registrant: Registrant) -> Mapping[str, Mapping[str, Any]]:
    """Return what is typed in each step."""
    today = legal_day(now())
    leaving = representative(registrant, story.representative)
    return {
        "representative": {"representative": str(leaving[0].individual.public_id)},
        "cessation": {
            "attachments": [each.code for each in leaving],
            "cessation_date": (today + timedelta(days=story.in_days)).isoformat(),
            "reason": story.reason,
        },
        "clients": {"complaints": "no", "custody": "firm"},
        "contact": {
            "contact_name": "Claire Dubuc", "contact_phone": "418 555-0142", "contact_email": "conformite@demo.test",
        },
        "declaration": {"declaration": "on"},
    }  # fmt: skip


def representative(registrant: Registrant, place: int) -> list[Attachment]:
    """Return the attachments of one of those attached, chosen by their place in the order of names."""
    people: dict[int, list[Attachment]] = {}
    for each in attachments_in_force(registrant, legal_day(now())):
        people.setdefault(each.individual_id, []).append(each)
    return list(people.values())[place % len(people)]
