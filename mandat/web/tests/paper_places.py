"""The pages of the paper route, for the tests that walk over every page."""

from mandat.enrolment.commands import set_aside_paper
from mandat.enrolment.models import DesignationForm
from mandat.enrolment.tests.papers import came_in, handed_out, made_up_template, said_in
from mandat.platform.clock import now


def pages_of_papers(visitors) -> list[tuple[str, str, int]]:
    """Return the pages of the paper route: a form that was handed out, a paper to type, one that was set aside."""
    verifier, template = visitors.actors["verifier1"], made_up_template()
    draft = visitors.enrolments["draft"]
    form = DesignationForm.objects.create(enrolment=draft, template=template, issued_at=now())
    paper = said_in(form)
    paper.fields["name"]["shape"] = ["/Tx", 4096, 300, []]
    waiting, aside = (came_in(paper, verifier), came_in(said_in(handed_out().form), verifier))
    set_aside_paper(intake=aside.public_id, reason="La signature manque.", by=verifier)
    return [
        ("nobody", "/inscription/papier", 200),
        ("applicant", f"/inscription/papier/{draft.public_id}", 200),
        ("verifier1", "/agence/papier/", 200),
        *(("verifier1", f"/agence/papier/{waiting.public_id}/{page}", 200) for page in ("", "relier", "ecarter")),
        ("verifier1", f"/agence/papier/{aside.public_id}/", 200),
    ]
