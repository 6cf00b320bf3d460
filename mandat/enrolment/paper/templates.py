"""The forms as they were drawn: each version and language is drawn once, kept, and recognised when it comes back."""

import io

from django.db import transaction

from mandat.enrolment.models import DesignationForm, FormTemplate
from mandat.enrolment.paper.code import FormCode
from mandat.enrolment.paper.drawing import blank_form, choices_asked, marked_form, version
from mandat.platform.clock import now
from mandat.platform.files import open_verified, store
from mandat.platform.inspection.apart import read_paper


def template_of_the_day(language: str) -> FormTemplate:
    """Return the form in force in a language; drawn, read back and kept the first time that it is asked for."""
    asked = version()
    found = FormTemplate.objects.filter(version=asked, language=language).first()
    return found or _drawn(language, asked)


def _drawn(language: str, asked: str) -> FormTemplate:
    blank = io.BytesIO(blank_form(language, asked))
    read = read_paper(blank)
    blank.seek(0)
    with transaction.atomic():
        template, _is_new = FormTemplate.objects.get_or_create(
            version=asked, language=language,
            defaults={
                "file": store(blank, name=f"{asked}-{language}.pdf", media_type="application/pdf"),
                "shape": {name: each["shape"] for name, each in read.fields.items()},
                "choices": choices_asked(), "words": read.words, "drawn_at": now(),
            },
        )  # fmt: skip
    return template


def pdf_of(form: DesignationForm) -> bytes:
    """Return a form that was handed out, as it is to be filled in or printed."""
    template = form.template
    with open_verified(template.file) as blank:
        return marked_form(blank.read(), FormCode(form.enrolment.number, template.version, template.language))
