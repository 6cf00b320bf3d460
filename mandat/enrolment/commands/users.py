"""What an RSE does to bring a user in."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mandat.enterprises.models import Enterprise, User
from mandat.identity.actor import Actor
from mandat.identity.models import Login


class EmailOfAnother(Exception):
    """Somebody of another name has this address."""


@dataclass(frozen=True)
class NewUser:
    """A user, their login, and the invitation to activate it; none when they sign in already."""

    user: User
    login: Login
    invitation: Any = None


def create_user(
    *, key: UUID, enterprise: Enterprise, given_name: str, family_name: str, email: str, language: str,
    is_external: bool, by: Actor,
) -> NewUser:  # fmt: skip
    """
    Make somebody a user of an enterprise, and invite them: a link by mail, their user code from whoever made them one.

    Somebody of that name and address who signs in already becomes a user at once, under the login they have.

    :raises AccessDenied: if `by` is no RSE of the enterprise
    :raises AlreadyGranted: if the person is a user of it
    :raises EmailOfAnother: if somebody of another name has the address
    """
    raise NotImplementedError


def reissue_invitation(*, invitation_id: UUID, by: Actor) -> Any:
    """
    Send a new invitation in place of one that is pending, lost or expired; the old one opens nothing any more.

    :raises AccessDenied: if `by` may not, an RSE for a user, an RA for an RSE, a verification officer for anyone
    :raises MoveNotAllowed: if it was activated, replaced or cancelled
    """
    raise NotImplementedError
