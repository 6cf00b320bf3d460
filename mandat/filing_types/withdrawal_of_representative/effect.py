"""What the acceptance of a withdrawal changes: each attachment ends on the day of cessation, even one still to come."""

from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mandat.access.decision import Authority
from mandat.filing_types.withdrawal_of_representative.facts import Facts
from mandat.filings.definition import Answers
from mandat.filings.errors import EffectImpossible
from mandat.filings.models import Filing
from mandat.register.commands import AlreadyEnded, NotAttached, end_attachment
from mandat.register.models import Individual


def end_attachments(filing: Filing, filed: Answers, under: Authority) -> None:
    """
    End every attachment that the filing names.

    :raises EffectImpossible: if one of them no longer holds, or was ended on that day by something else
    """
    individual = Individual.objects.get(public_id=filed["representative"])
    for code in filed["attachments"]:
        try:
            end_attachment(
                individual=individual,
                registrant=filing.registrant,
                code=code,
                on=date.fromisoformat(filed["cessation_date"]),
                reason=filed["reason"],
                under=under.as_record(),
                cause=str(filing.public_id),
            )
        except (NotAttached, AlreadyEnded) as gone:
            raise EffectImpossible(
                _("Le rattachement de %(name)s (%(code)s) a déjà pris fin ou n’existe pas. Rien n’a changé.")
                % {"name": individual, "code": code}
            ) from gone


def end_in_words(filed: Answers, facts: Facts) -> list[str]:
    """Return what the acceptance will end, one sentence for each attachment."""
    last = date.fromisoformat(filed["cessation_date"]) - timedelta(days=1)
    held = {each.code: each for each in facts.of(filed["representative"])}
    gone = _("Rien de tel au dossier aujourd’hui : %(code)s.")
    ends = _("Le rattachement de %(name)s prend fin. Dernier jour : %(day)s. Catégorie ou discipline : %(what)s.")
    return [
        ends % {"name": held[code].name, "day": date_format(last), "what": facts.label_of(held[code])}
        if code in held
        else gone % {"code": code}
        for code in filed["attachments"]
    ]
