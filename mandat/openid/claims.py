"""What a service is told of a person: facts of now, by the scopes that the person agreed to. Never a right."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from mandat.access.queries import enterprises_of
from mandat.enterprises.models import Enterprise, Identifier, IdentifierKind
from mandat.openid.models import Authorization
from mandat.openid.queries import subject_of
from mandat.openid.scopes import Scope


def claims_of(of: Authorization, scopes: Collection[str], at: datetime) -> dict[str, Any]:
    """Return what the claims endpoint answers."""
    person, claims = of.session.person, {"sub": subject_of(of.client, of.session.person)}
    told: dict[str, Any] = dict(claims)
    if Scope.PROFILE in scopes:
        told |= {"name": str(person), "given_name": person.given_name, "family_name": person.family_name}
        told["locale"] = f"{person.language}-CA"
    if Scope.EMAIL in scopes:
        told["email"] = of.session.login.email
    if enterprise := enterprise_of(of, scopes, at):
        told["enterprise"] = enterprise
    return told


def enterprise_of(of: Authorization, scopes: Collection[str], at: datetime) -> dict[str, str] | None:
    """Return the enterprise that the person chose to act for, for as long as they may open it."""
    if of.enterprise is None or Scope.ENTERPRISE not in scopes:
        return None
    if not enterprises_of(of.session.person, at).filter(pk=of.enterprise.pk).exists():
        return None
    return described(of.enterprise, at)


def described(enterprise: Enterprise, at: datetime) -> dict[str, str]:
    """Return an enterprise as a service is told of it."""
    neqs = Identifier.objects.filter(enterprise=enterprise, kind=IdentifierKind.NEQ, during__contains=at)
    neq = neqs.order_by("id").values_list("value", flat=True).first()
    told = {"id": str(enterprise.public_id), "name": enterprise.name}
    return told | {"neq": neq} if neq else told
