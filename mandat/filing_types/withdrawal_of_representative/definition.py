"""
The withdrawal of a representative: a firm says that an individual no longer acts for it.

In securities it answers to Form 33-109F1; in distribution, to the withdrawal of an attachment. It does not replace the
filing that the national registration database asks for.
"""

from django.utils.translation import gettext_lazy as _

from mandat.filing_types.withdrawal_of_representative import checks, forms
from mandat.filing_types.withdrawal_of_representative.effect import end_attachments, end_in_words
from mandat.filing_types.withdrawal_of_representative.facts import facts_of
from mandat.filing_types.withdrawal_of_representative.summary import about, summary
from mandat.filings.definition import FilingType

withdrawal_of_representative = FilingType(
    code="REP-RETRAIT",
    version=1,
    title=_("Retrait d’un représentant"),
    block="BF-REP",
    steps=[forms.Representative, forms.Cessation, forms.Clients, forms.Contact, forms.Declaration],
    checks=[
        checks.cessation_follows_attachment,
        checks.cessation_is_not_too_old,
        checks.cessation_is_not_too_far_ahead,
        checks.notice_is_given_in_time,
        checks.other_reason_is_explained,
        checks.complaints_are_described,
        checks.custodian_is_named,
        checks.somebody_else_remains,
    ],
    facts=facts_of,
    about=about,
    summary=summary,
    effect=end_attachments,
    effect_in_words=end_in_words,
)
