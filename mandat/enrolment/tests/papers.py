"""Paper forms for tests: handed out, filled in as a reader of PDF does, altered, scanned."""

import io
import uuid

from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject

from mandat.enrolment.commands import issue_form, receive_paper, type_paper
from mandat.enrolment.models import FormTemplate
from mandat.enrolment.paper.code import FormCode
from mandat.enrolment.paper.questions import questions, version
from mandat.enrolment.paper.templates import pdf_of, template_of_the_day
from mandat.enrolment.tests.world import ANSWERS
from mandat.platform.clock import now
from mandat.platform.files import store
from mandat.platform.inspection.apart import Paper, read_paper
from mandat.platform.inspection.findings import Kind
from mandat.platform.tests.papers import image
from mandat.register.models import Registrant, Registration
from mandat.register.tests.factories import RegistrantFactory, RegistrationFactory

CONDITIONS = {
    "paper_reason": "outside", "paper_client_number": "2000000001", "paper_delivery": "post",
    "paper_signed_on": "2026-11-20", "paper_consent": True,
}  # fmt: skip


def issued(language="fr", email=""):
    return issue_form(key=uuid.uuid4(), template=template_of_the_day(language), email=email)


def filled(form, answers=None, *, change=None):
    """Return the PDF of a form, filled in; `change(writer)` may alter it."""
    said = {**ANSWERS, **CONDITIONS} if answers is None else answers
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_of(form))))
    kinds = {each.name: each for each in questions()}
    for place in writer.root_object["/AcroForm"]["/Fields"]:
        field = place.get_object()
        name = str(field["/T"])
        if name in said and name in kinds:
            field[NameObject("/V")] = _value(kinds[name], said[name])
    if change:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _value(question, said):
    if question.kind == "box":
        return NameObject("/on" if said else "/Off")
    if question.kind == "choice":
        codes = [code for code, _label in question.choices]
        return NameObject(f"/{codes.index(said)}") if said in codes else NameObject("/Off")
    return TextStringObject(said)


def field(writer, name):
    return next(
        each.get_object() for each in writer.root_object["/AcroForm"]["/Fields"] if each.get_object()["/T"] == name
    )


def received(content, by):
    """Receive a PDF, read apart as the page does."""
    return came_in(read_paper(io.BytesIO(content)), by, content=content)


def typed(intake, by, **more):
    return type_paper(intake=intake.public_id, typed={**intake.read, **more}, by=by)


def practising(client_number=CONDITIONS["paper_client_number"]) -> Registrant:
    registrant = RegistrantFactory(client_number=client_number)
    RegistrationFactory(registrant=registrant, state=Registration.Standing.ACTIVE)
    return registrant


def made_up_template(language="fr") -> FormTemplate:
    """Return a template of the version of the day that nothing was drawn for: what most tests need, in no time."""
    if found := FormTemplate.objects.filter(version=version(), language=language).first():
        return found
    asked = list(questions())
    return FormTemplate.objects.create(
        version=version(), language=language, drawn_at=now(), words="w" * 64,
        file=store(io.BytesIO(b"%PDF-1.7 template"), name="t.pdf", media_type="application/pdf"),
        shape={each.name: ["/Tx", 0, each.longest, []] for each in asked} | {"reference": ["/Tx", 0, 24, []]},
        choices={each.name: [code for code, _label in each.choices] for each in asked if each.kind == "choice"},
    )  # fmt: skip


def said_in(form, answers=None, **more) -> Paper:
    """Return what a program reads in a form that was filled in, as if it had."""
    said = {"reference": form.enrolment.number, **(answers or {**ANSWERS, **CONDITIONS}), **more}
    kinds = {each.name: each for each in questions()}
    fields = {
        name: {"value": str(_value(kinds[name], said.get(name, "")) if name in kinds else said[name]), "shape": shape}
        for name, shape in form.template.shape.items()
    }
    code = FormCode(form.enrolment.number, form.template.version, form.template.language)
    return Paper(Kind.PDF, fields, 0, form.template.words, [str(code)], [image("JPEG")])


def came_in(paper, by, *, content=None, key=None):
    content = content or uuid.uuid4().bytes
    file = store(io.BytesIO(content), name="formulaire.pdf", media_type="application/pdf")
    pages = [store(io.BytesIO(each), name="page.jpg", media_type="image/jpeg").sha256 for each in paper.pages]
    return receive_paper(key=key or uuid.uuid4(), file=file, paper=paper, pages=pages, by=by)


def handed_out(email="", language="fr"):
    return issue_form(key=uuid.uuid4(), template=made_up_template(language), email=email)
