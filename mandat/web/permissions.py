"""
Who may open each page: one rule for each view, and the middleware that enforces it.

A view without a rule opens to nobody, and the system check names it. This is the gate of pages; commands ask again
themselves, with `require()`, under their locks.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.cache import patch_cache_control

from mandat.access.decision import AccessDenied
from mandat.access.last_use import note_use
from mandat.access.place import place_of, staff_decisions
from mandat.access.reach import reach_all, reach_firm, reach_firms_of, reach_none, release
from mandat.access.rights import RIGHTS_OF_STAFF, Right
from mandat.enterprises.models import Enterprise
from mandat.web.account.resuming import forget_what_is_sent_again, to_sign_in
from mandat.web.asking import Request
from mandat.web.errors import forbidden, refused
from mandat.web.proof import ask_for_proof

#: What is done at the desk to one enrolment.
AT_THE_DESK = (
    "now", "taken_up", "returned", "refused", "approved", "document", "letter", "evidence", "resumed", "proposed",
    "reconsidered", "stepped_aside", "checked_again", "looked_again",
)  # fmt: skip


class NotSignedIn(Exception):
    """The page wants to know who is asking."""


class Rule(Protocol):
    """Who may open a page."""

    def admit(self, request: Request, firm: UUID | None) -> None:
        """
        Let a request through, within reach of the firms whose filings it may read, or raise.

        :raises NotSignedIn: if the page wants to know who is asking
        :raises Http404: if the reader is not to know that the page exists
        :raises AccessDenied: if the reader lacks a right
        """


@dataclass(frozen=True)
class Public:
    """Everyone."""

    def admit(self, request: Request, firm: UUID | None) -> None:
        """Let everyone through."""
        reach_none()


@dataclass(frozen=True)
class SignedIn:
    """Whoever is signed in."""

    def admit(self, request: Request, firm: UUID | None) -> None:
        """Let through whoever is signed in."""
        self.ask_who(request)
        reach_firms_of(request.actor.person)

    def ask_who(self, request: Request) -> None:
        """Refuse whoever is not signed in."""
        if request.actor is None:
            raise NotSignedIn


@dataclass(frozen=True)
class InFirm(SignedIn):
    """
    Whoever stands in the firm of the address; with a right, or another that opens the page as well, if one is named.

    Leaves `request.firm` and `request.place`: where the reader stands there, by which the page decides.
    """

    right: Right | None = None
    block: str | None = None
    otherwise: Right | None = None

    def admit(self, request: Request, firm: UUID | None) -> None:
        """Let through whoever stands in the firm and holds the right. To others the firm does not exist."""
        self.ask_who(request)
        reach_firm(firm, by=request.actor.person)
        request.firm = get_object_or_404(Enterprise, public_id=firm)
        request.place = place = place_of(request.actor.person, request.firm, request.at)
        if not place.may_open:
            raise Http404
        asked = [right for right in (self.right, self.otherwise) if right]
        decisions = [place.decide(right, self.block) for right in asked]
        if decisions and not any(decisions):
            raise AccessDenied(decisions[0])
        if self.block and self.right:
            note_use(request.actor.person, request.firm, self.block, [self.right], request.at)


class Staff(SignedIn):
    """
    Whoever holds a right on the regulator's side; one of those named, if any is. Leaves `request.staff_rights`.

    An assignment to one queue opens the pages; what they list and let one do is decided queue by queue.
    """

    def __init__(self, *rights: Right) -> None:
        self.rights = rights

    def is_open_to(self, held: Collection[Right]) -> bool:
        """Return whether staff who hold these rights may open the page."""
        return bool(set(self.rights or RIGHTS_OF_STAFF) & set(held))

    def admit(self, request: Request, firm: UUID | None) -> None:
        """Let through staff who hold one of the rights. To others these pages do not exist."""
        self.ask_who(request)
        decisions = staff_decisions(request.actor.person, request.at)
        request.staff_rights = [right for right, decision in decisions.items() if decision]
        if not request.staff_rights:
            raise Http404
        if not self.is_open_to(request.staff_rights):
            raise AccessDenied(decisions[self.rights[0]])
        reach_all()


#: The one map. Names without a colon are allauth's and ours outside the areas.
RULES: dict[str, Rule] = {
    "healthz": Public(),
    "readyz": Public(),
    "public:home": Public(),
    "public:checklist": Public(),
    "public:accessibility": Public(),
    "public:theme": Public(),
    "public:design": Public(),
    "public:privacy": Public(),
    "public:blocks": Public(),
    "public:help": Public(),
    "public:article": Public(),
    **{  # from the fourth on for browsers that hold it: the views see to that
        f"public:enrolment_{page}": Public()
        for page in (  # noqa: SIM905 - one a line would fill a screen
            "start resume in_charge status now code step documents document document_removed review withdraw"
            " evidence evidence_answered person letter"
        ).split()
    },
    **dict.fromkeys(("public:paper", "public:paper_form", "public:paper_pdf"), Public()),  # the last two as above
    **{  # for browsers that hold it, save the first two: the views see to that
        f"public:handover_{page}": Public()
        for page in (  # noqa: SIM905 - one a line would fill a screen
            "start resume status code ask review document document_removed withdraw"
        ).split()
    },
    "public:notice": Public(),  # whoever has its link
    "public:activate": Public(),  # whoever has both parts of an invitation
    "public:activate_outside": Public(),
    "public:go_and_activate": Public(),
    "public:decline": Public(),  # whoever has its link
    "account_login": Public(),
    "account_logout": Public(),
    "lost_password": Public(),
    "lost_user_code": Public(),
    "lost_factor": Public(),
    "lost_sent": Public(),
    "lost_factor_ask": Public(),  # a step of the sign-in, after the password
    "lost_factor_by_mail": Public(),  # whoever has the mailed link
    "lost_factor_asked": Public(),
    "reproof": Public(),  # whoever has a mailed link; it opens nothing without the other part and the password
    "reproof_passkey": Public(),
    "reproof_passkey_challenge": Public(),
    "reproof_stop": Public(),
    "reproof_desk": Public(),
    "recovery_passkey": Public(),
    "recovery_passkey_challenge": Public(),
    "recovery_link": Public(),  # whoever has the mailed link, and the second factor with it
    "recovery_stop": Public(),
    "passkey_login": Public(),
    "passkey_login_challenge": Public(),
    **dict.fromkeys(  # steps of the sign-in, which allauth guards
        ("mfa_authenticate", "mfa_send_code", "passkey_authenticate", "passkey_authenticate_challenge"), Public()
    ),
    **dict.fromkeys(("mfa_activate_totp", "mfa_totp_drawing", "passkey_set_up", "passkey_set_up_challenge"), Public()),
    "mfa_reauthenticate": SignedIn(),
    "mfa_send_code_again": SignedIn(),
    "passkey_reauthenticate": SignedIn(),
    "passkey_reauthenticate_challenge": SignedIn(),
    "account_resume": SignedIn(),
    "mfa_view_recovery_codes": SignedIn(),
    "mfa_generate_recovery_codes": SignedIn(),
    "email_confirm": Public(),  # whoever reads the mailbox that the link was sent to
    "email_undo": Public(),
    **{  # `leave`: whatever one holds there, the page and the command see to that
        f"account:{page}": SignedIn()
        for page in (  # noqa: SIM905 - one a line would fill a screen
            "home rights leave profile email email_sent sessions end_session end_others end_all stay "
            "forget_device history resume forget ask_rights rights_request withdraw_request clients"
        ).split()
    },
    **dict.fromkeys(("account:factors", "account:decline_passkey", "account:new_passkey"), SignedIn()),
    **dict.fromkeys(("account:new_passkey_challenge", "account:name_passkey", "account:drop_passkey"), SignedIn()),
    **dict.fromkeys(("account:application", "account:application_drawing", "account:drop_application"), SignedIn()),
    **dict.fromkeys(("account:password",), SignedIn()),
    "firm:home": InFirm(),
    "firm:accesses": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:access_history": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:past_proxies": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:why": InFirm(),  # about oneself; about others, the page asks for more
    "firm:visits": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:access_table": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:access_table_file": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:wake": InFirm(Right.ADMINISTER),
    "firm:person": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:confirm_identity": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:refuse_identity": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:new_user": InFirm(Right.ADMINISTER),
    "firm:renew_invitation": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:cancel_invitation": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:grant": InFirm(Right.ADMINISTER),
    "firm:grant_on_filing": InFirm(Right.ADMINISTER),
    "firm:revoke": InFirm(Right.ADMINISTER),
    "firm:proxy": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:change_proxy": InFirm(Right.ADMINISTER),
    "firm:suspend_proxy": InFirm(Right.ADMINISTER),
    "firm:confirm_proxy": InFirm(Right.ADMINISTER),
    "firm:end_designation": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:handovers": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:begin_handover": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:name_rse": InFirm(Right.DESIGNATE),
    **dict.fromkeys(("firm:mandataries", "firm:clients"), InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE)),
    **dict.fromkeys((f"firm:{act}_external" for act in ("withdraw", "revoke", "accept")), InFirm(Right.ADMINISTER)),
    **dict.fromkeys((f"firm:{act}" for act in ("decline_external", "give_up_external")), InFirm(Right.ADMINISTER)),
    **dict.fromkeys(("firm:name_person", "firm:end_naming"), InFirm(Right.ADMINISTER)),
    "firm:second_person": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:confirm_change": InFirm(Right.ADMINISTER),
    "firm:drop_change": InFirm(Right.ADMINISTER),
    "firm:bulk": InFirm(Right.ADMINISTER),
    "firm:bulk_done": InFirm(Right.ADMINISTER),
    "firm:rights_requests": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:rights_request": InFirm(Right.ADMINISTER),
    "firm:refuse_request": InFirm(Right.ADMINISTER),
    "firm:services": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:services_now": InFirm(Right.ADMINISTER, otherwise=Right.DESIGNATE),
    "firm:register": InFirm(Right.ADMINISTER),
    "firm:choose_blocks": InFirm(Right.ADMINISTER),
    "firm:news": InFirm(Right.ADMINISTER),
    "firm:file": InFirm(Right.VIEW, "BF-DOSSIER"),
    "firm:filings": InFirm(),  # each filing is decided in its own block, by the page
    "firm:filings_now": InFirm(),
    "firm:begin": InFirm(),
    "firm:filing": InFirm(),
    "firm:filing_now": InFirm(),
    "firm:step": InFirm(),
    "firm:documents": InFirm(),
    "firm:document": InFirm(),
    "firm:remove_document": InFirm(),
    "firm:review": InFirm(),
    "firm:sign": InFirm(),
    "firm:withdraw": InFirm(),
    "firm:receipt": InFirm(),
    "firm:receipt_file": InFirm(),
    "staff:why": Staff(),  # about oneself
    "staff:home": Staff(),
    "staff:queue": Staff(),
    "staff:queue_now": Staff(),
    **dict.fromkeys(
        ("staff:filing", "staff:filing_now", "staff:take_up", "staff:give_back", "staff:accept", "staff:refuse"),
        Staff(Right.EXAMINE),
    ),
    "staff:document": Staff(Right.EXAMINE),
    "staff:registrants": Staff(Right.VERIFY, Right.EXAMINE, Right.AUDIT),
    "staff:registrant": Staff(Right.VERIFY, Right.EXAMINE, Right.AUDIT),
    "staff:enrolment": Staff(Right.VERIFY),
    "staff:call_request": Staff(Right.VERIFY),
    **{f"staff:enrolment_{each}": Staff(Right.VERIFY) for each in AT_THE_DESK},
    "staff:invitation_renewed": Staff(Right.VERIFY),
    "staff:invitation_letter": Staff(Right.VERIFY),
    **dict.fromkeys(
        ("staff:papers", "staff:paper", "staff:paper_page", "staff:paper_file", "staff:paper_link"),
        Staff(Right.VERIFY),
    ),
    "staff:paper_set_aside": Staff(Right.VERIFY),
    **dict.fromkeys(
        ("staff:people", "staff:person", "staff:suspend_person", "staff:restore_person"), Staff(Right.SUPERVISE)
    ),
    "staff:reproof": Staff(Right.VERIFY, Right.SUPERVISE),
    "staff:refuse_reproof": Staff(Right.VERIFY, Right.SUPERVISE),
    "staff:recovery": Staff(Right.VERIFY),
    **dict.fromkeys(
        ("staff:causes", "staff:firm_causes"), Staff(Right.VERIFY, Right.EXAMINE, Right.SUPERVISE, Right.AUDIT)
    ),
    **{
        f"staff:{kind}{page}": Staff(Right.VERIFY)
        for kind in ("handover", "departure")
        for page in ("s", "", "_document", "_act")
    },
    "staff:report_departure": Staff(Right.VERIFY),
    "staff:registration": Staff(Right.EXAMINE),
    "staff:accept_registration": Staff(Right.EXAMINE),
    "staff:refuse_registration": Staff(Right.EXAMINE),
    "staff:reference": Staff(Right.SUPERVISE, Right.AUDIT),
    "staff:reference_list": Staff(Right.SUPERVISE, Right.AUDIT),
    "staff:operations": Staff(Right.SUPERVISE, Right.AUDIT),
    "staff:operations_now": Staff(Right.SUPERVISE, Right.AUDIT),
    "staff:resume": Staff(Right.SUPERVISE),
    "staff:clients": Staff(Right.SUPERVISE, Right.AUDIT),
    "staff:client": Staff(Right.SUPERVISE, Right.AUDIT),
    "staff:new_client": Staff(Right.SUPERVISE),
    "staff:change_client": Staff(Right.SUPERVISE),
    "staff:renew_client_secret": Staff(Right.SUPERVISE),
    "staff:disable_client": Staff(Right.SUPERVISE),
    "staff:enable_client": Staff(Right.SUPERVISE),
    **dict.fromkeys(("staff:support", "staff:open_visit", "staff:visit", "staff:close_visit"), Staff(Right.VERIFY)),
    "staff:roles": Staff(Right.SUPERVISE, Right.AUDIT),
    "staff:past_roles": Staff(Right.SUPERVISE, Right.AUDIT),
    "staff:role": Staff(Right.SUPERVISE, Right.AUDIT),
    **dict.fromkeys(
        ("staff:new_role", "staff:confirm_role", "staff:drop_role", "staff:keep_role", "staff:end_role")
        + ("staff:invite", "staff:staff_invitation", "staff:renew_staff_invitation", "staff:cancel_staff_invitation")
        + ("staff:set_cause_aside", "staff:heed_cause", "staff:hold_account", "staff:release_account"),
        Staff(Right.SUPERVISE),
    ),
    **dict.fromkeys(("account:services", "account:outside"), SignedIn()),
    **dict.fromkeys(("account:connect_outside", "account:unlink_outside"), SignedIn()),
    "outside_go": Public(),
    "outside_return": Public(),  # for the browser that was sent: the view sees to that
    "account:withdraw_consent": SignedIn(),
}
if "identity" in settings.SERVES:
    RULES |= {
        **dict.fromkeys(("openid:configuration", "openid:keys"), Public()),
        # Programs prove themselves by what they send, and persons are asked to sign in: the views see to it.
        **dict.fromkeys(("openid:authorize", "openid:leave", "openid:userinfo"), Public()),
        **dict.fromkeys(("openid:token", "openid:revoke", "openid:introspect"), Public()),
        "entry:consent": SignedIn(),
        "entry:go_on": Public(),
        "entry:confirm_leaving": Public(),
    }


class Gate:
    """Middleware: opens a page only to those whom its rule admits; what they are shown is kept nowhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        try:
            response = self.get_response(request)
        finally:
            release()
        if request.actor is not None:
            patch_cache_control(response, no_store=True, private=True)
        return response

    def process_view(
        self, request: Request, view: Callable[..., HttpResponse], args: tuple[Any, ...], arguments: dict[str, Any]
    ) -> HttpResponse | None:
        """Return None to let the request through to its view, or the answer that stands in its way."""
        rule = RULES.get(request.resolver_match.view_name) if request.resolver_match else None
        if rule is None:
            return forbidden(request)
        try:
            rule.admit(request, arguments.get("firm"))
        except NotSignedIn:
            return to_sign_in(request)
        except AccessDenied as denied:
            return refused(request, denied)
        if (asked := ask_for_proof(request)) is not None:
            return asked
        forget_what_is_sent_again(request)
        return None

    def process_exception(self, request: Request, exception: Exception) -> HttpResponse | None:
        """Turn the refusal of a command into its page."""
        return refused(request, exception) if isinstance(exception, AccessDenied) else None


def view_names(patterns: list[URLPattern | URLResolver] | None = None, namespace: str = "") -> Iterator[str]:
    """Yield the name of every address, as `resolver_match` would say it; blank where there is none."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            yield from view_names(each.url_patterns, f"{namespace}{each.namespace}:" if each.namespace else namespace)
        else:
            yield f"{namespace}{each.name}" if each.name else ""


@register()
def every_view_has_a_rule(app_configs: object, **_options: object) -> list[CheckMessage]:
    """Return an error for each address without a rule, and for each rule without an address."""
    names = set(view_names())
    return [
        *(Error(f"No rule says who may open “{name}”.", id="mandat.E001") for name in sorted(names - RULES.keys())),
        *(Error(f"The rule for “{name}” opens nothing.", id="mandat.E002") for name in sorted(RULES.keys() - names)),
    ]
