"""Organisations that act for an enterprise: what is proposed to them, and whom of theirs they name to act."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import PROTECT, F, Q

from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.access.workflow import PROPOSAL, ProposalMove, ProposalState
from mandat.enterprises.grants import Grant
from mandat.enterprises.models import Enterprise, History, ServiceProvider, known
from mandat.identity.models import Person
from mandat.platform.keys import Keyed
from mandat.platform.ranges import never_at_once, same_number

_RIGHTS_OF_A_PROXY = [(right.value, right.label) for right in Right if right in RIGHTS_OF_A_PROXY]


class ExternalProposal(Keyed):
    """
    An enterprise proposes that another organisation, the mandatary, act for it: nothing until that one accepts.

    Accepted, it has made one proxy for each block.
    """

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="mandates_proposed")
    provider = models.ForeignKey(ServiceProvider, on_delete=PROTECT, related_name="+", db_index=False)
    mandatary = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="mandates_received")
    rights = models.JSONField()  # the rights proposed, block by block
    ends = models.DateTimeField()  # when the proxies would end
    state = models.CharField(max_length=20, choices=ProposalState, default=ProposalState.PROPOSED)
    asked_by = models.ForeignKey(Person, on_delete=PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    asked_under = models.JSONField()
    answer_by = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            known("state", ProposalState, name="external_proposal_state_is_known"),
            models.CheckConstraint(condition=~Q(mandatary=F("enterprise")), name="external_proposal_is_to_another"),
            models.CheckConstraint(condition=~Q(rights={}), name="external_proposal_gives_something"),
            models.CheckConstraint(condition=Q(ends__gt=F("asked_at")), name="external_proposal_ends_later"),
            models.UniqueConstraint(
                fields=["enterprise", "provider", "mandatary"], condition=Q(state="proposed"),
                name="one_external_proposal_open_at_once",
            ),
        ]  # fmt: skip

    def make(self, move: ProposalMove, *, at: datetime, under: Mapping[str, object], reason: str = "") -> None:
        """
        Make a move and record it. The only code that writes `state`.

        :raises MoveNotAllowed: if its state does not allow it
        """
        before = ProposalState(self.state)
        self.state = PROPOSAL.target(move, before)
        self.save(update_fields=["state"])
        self.history.create(move=move, before=before, after=self.state, at=at, reason=reason, authority=dict(under))


class ExternalProposalHistory(History):
    """One move of such a proposal."""

    proposal = models.ForeignKey(ExternalProposal, on_delete=PROTECT, related_name="history")
    reason = models.CharField(max_length=300, blank=True)


class Naming(Grant):
    """
    A person of a mandatary, named by it to act under one proxy that it received; never to name others.

    It gives nothing by itself: its rights are those that the proxy has too, on the day of the act. One that is narrowed
    is revoked at the same instant and replaced, as a proxy is.
    """

    proxy = models.ForeignKey("access.Proxy", on_delete=PROTECT, related_name="namings")
    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="namings", db_index=False)
    rights = ArrayField(models.CharField(max_length=10, choices=_RIGHTS_OF_A_PROXY))
    replaces = models.OneToOneField("self", on_delete=PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta(Grant.Meta):
        indexes = [models.Index(fields=["person", "proxy"], name="namings_of_a_person")]
        constraints = [
            *Grant.Meta.constraints,
            models.CheckConstraint(condition=Q(during__upper_inf=False), name="naming_ends"),
            models.CheckConstraint(
                condition=Q(rights__contained_by=["view", "prepare", "sign", "pay"], rights__len__gt=0),
                name="naming_gives_rights_of_a_block",
            ),
            never_at_once(
                "one_unrevoked_naming_per_proxy_and_person",
                keys=[same_number("proxy_id"), same_number("person_id")],
                condition=Q(revoked_at=None),
            ),
        ]
