"""
What a person stands on before an enterprise: one SQL statement, with locks or without.

One CTE per edge, since PostgreSQL refuses `FOR SHARE` with UNION; a locking CTE is never inlined, and the branches of
the UNION ALL run in the order written, so locks come in the order of `Kind`. A row that waited is read again. A
statement holds only the edges that the rights asked for may need.
"""

from collections.abc import Collection, Mapping
from functools import cache

from mandat.access.links import WHATEVER, Kind, Link, Matter
from mandat.access.models import StaffAssignment
from mandat.access.rights import RIGHTS_OF_A_PROXY, RIGHTS_OF_A_ROLE, Right
from mandat.enterprises.models import Designation, Enterprise, ServiceRegistration
from mandat.identity.models import Person
from mandat.platform.postgres.prepared import rows_of

#: The blocks that an edge speaks of, each in the version accepted.
Versions = Mapping[str, int]

_OF_AN_ENTERPRISE = RIGHTS_OF_A_PROXY | RIGHTS_OF_A_ROLE

#: What a state or a role carries. One that is not here carries nothing. A proxy carries its own rights.
CARRIED: dict[tuple[Kind, str], frozenset[Right]] = {
    (Kind.ENTERPRISE, Enterprise.State.ACTIVE): _OF_AN_ENTERPRISE,
    (Kind.ENTERPRISE, Enterprise.State.IN_RECOVERY): _OF_AN_ENTERPRISE - {Right.ADMINISTER},
    (Kind.REGISTRATION, ServiceRegistration.State.ACTIVE): RIGHTS_OF_A_PROXY,
    (Kind.REGISTRATION, ServiceRegistration.State.SUSPENDED): frozenset({Right.VIEW}),
    (Kind.PERSON, Person.State.ACTIVE): frozenset(Right),
    (Kind.RA, Designation.Role.RA): frozenset({Right.DESIGNATE}),
    (Kind.RSE, Designation.Role.RSE): RIGHTS_OF_A_PROXY | {Right.ADMINISTER},  # the general proxy, in accepted blocks
    (Kind.MANDATARY, Enterprise.State.ACTIVE): RIGHTS_OF_A_PROXY,
    (Kind.MANDATARY, Enterprise.State.IN_RECOVERY): RIGHTS_OF_A_PROXY,  # its people keep their dated rights
    (Kind.MEMBER, "user"): RIGHTS_OF_A_PROXY,
    (Kind.LEADER, Designation.Role.RSE): RIGHTS_OF_A_PROXY,
    (Kind.ASSIGNMENT, StaffAssignment.Role.VERIFIER): frozenset({Right.VERIFY}),
    (Kind.ASSIGNMENT, StaffAssignment.Role.OFFICER): frozenset({Right.EXAMINE}),
    (Kind.ASSIGNMENT, StaffAssignment.Role.FINANCE): frozenset({Right.COLLECT}),
    (Kind.ASSIGNMENT, StaffAssignment.Role.SUPERVISOR): frozenset({Right.SUPERVISE}),
    (Kind.ASSIGNMENT, StaffAssignment.Role.AUDITOR): frozenset({Right.AUDIT}),
}


def carriers_of(kind: Kind, right: Right) -> list[str]:
    """Return the states or roles of an edge that carry a right."""
    return [state for (carrier, state), rights in CARRIED.items() if carrier == kind and right in rights]


_DESIGNATION = """
  SELECT '{kind}', public_id, role, NULL::text[], lower(during), upper(during), revoked_at,
         granted_under->>'person', NULL::bigint, NULL::tstzrange[], false, NULL::bigint, NULL::bigint, NULL::uuid
    FROM enterprises_designation
   WHERE enterprise_id = %(enterprise)s AND role = '{role}' AND person_id = %(person)s
   ORDER BY id"""

#: The organisations of a person: where they are, or were, a user or an RSE.
_THEIRS = """(SELECT enterprise_id FROM enterprises_user WHERE person_id = %(person)s
     UNION ALL SELECT enterprise_id FROM enterprises_designation WHERE person_id = %(person)s AND role = 'RSE')"""


#: The way through an organisation of the person, where the proxies that it received are those `received`.
_BY_MANDATARY = {
    Kind.EXTERNAL: """
  SELECT 'external', public_id, block, rights::text[], greatest(lower(during), confirmed_at), upper(during), revoked_at,
         granted_under->>'person', provider_id, suspensions, needs_second AND confirmed_at IS NULL,
         mandatary_id, id, subject
    FROM access_proxy
   WHERE {received} AND mandatary_id IN {theirs}{on_this}
   ORDER BY subject NULLS FIRST, id""",
    Kind.MANDATARY: """
  SELECT 'mandatary', public_id, state, NULL::text[], NULL::timestamptz, NULL::timestamptz, NULL::timestamptz,
         NULL::text, NULL::bigint, NULL::tstzrange[], false, id, NULL::bigint, NULL::uuid
    FROM enterprises_enterprise
   WHERE id IN (SELECT mandatary_id FROM access_proxy WHERE {received} AND mandatary_id IN {theirs})
   ORDER BY id""",
    Kind.MEMBER: """
  SELECT 'member', public_id, 'user', NULL::text[], lower(during), upper(during), revoked_at,
         granted_under->>'person', NULL::bigint, NULL::tstzrange[], false, enterprise_id, NULL::bigint, NULL::uuid
    FROM enterprises_user
   WHERE person_id = %(person)s AND enterprise_id IN (SELECT mandatary_id FROM access_proxy WHERE {received})
   ORDER BY id""",
    Kind.LEADER: """
  SELECT 'leader', public_id, role, NULL::text[], lower(during), upper(during), revoked_at,
         granted_under->>'person', NULL::bigint, NULL::tstzrange[], false, enterprise_id, NULL::bigint, NULL::uuid
    FROM enterprises_designation
   WHERE role = 'RSE' AND person_id = %(person)s
     AND enterprise_id IN (SELECT mandatary_id FROM access_proxy WHERE {received})
   ORDER BY id""",
    Kind.NAMING: """
  SELECT 'naming', naming.public_id, received.block, naming.rights::text[], lower(naming.during), upper(naming.during),
         naming.revoked_at, naming.granted_under->>'person', NULL::bigint, NULL::tstzrange[], false,
         NULL::bigint, naming.proxy_id, NULL::uuid
    FROM access_naming AS naming
    JOIN (SELECT id, block FROM access_proxy WHERE {received}) AS received ON received.id = naming.proxy_id
   WHERE naming.person_id = %(person)s
   ORDER BY naming.id""",
}


def _by_mandatary(received: str, on_this: str = "") -> dict[Kind, str]:
    """Return the edges of the way through a mandatary, in one block or, for a whole standing, in all of them."""
    asked = {"received": f"enterprise_id = %(enterprise)s AND {received}", "theirs": _THEIRS, "on_this": on_this}
    return {kind: edge.format(**asked) for kind, edge in _BY_MANDATARY.items()}


EDGES = {
    Kind.ENTERPRISE: """
  SELECT 'enterprise', public_id, state, NULL::text[], NULL::timestamptz, NULL::timestamptz, NULL::timestamptz,
         NULL::text, NULL::bigint, NULL::tstzrange[], false, NULL::bigint, NULL::bigint, NULL::uuid
    FROM enterprises_enterprise
   WHERE id = %(enterprise)s""",
    Kind.REGISTRATION: """
  SELECT 'registration', public_id,
         CASE WHEN %(block)s::text <> ALL (accepted_blocks) THEN 'without_the_block'
              WHEN coalesce((versions->>%(block)s::text)::int, 1) < %(version)s THEN 'without_the_version'
              ELSE state END,
         NULL::text[], NULL::timestamptz, NULL::timestamptz, NULL::timestamptz,
         NULL::text, provider_id, NULL::tstzrange[], false, NULL::bigint, NULL::bigint, NULL::uuid
    FROM enterprises_serviceregistration
   WHERE enterprise_id = %(enterprise)s
   ORDER BY id""",
    Kind.PERSON: """
  SELECT 'person', public_id, state, NULL::text[], NULL::timestamptz, NULL::timestamptz, NULL::timestamptz,
         NULL::text, NULL::bigint, NULL::tstzrange[], false, NULL::bigint, NULL::bigint, NULL::uuid
    FROM identity_person
   WHERE id = %(person)s""",
    Kind.RA: _DESIGNATION.format(kind="ra", role="RA"),
    Kind.RSE: _DESIGNATION.format(kind="rse", role="RSE"),
    Kind.PROXY: """
  SELECT 'proxy', public_id, block, rights::text[], greatest(lower(during), confirmed_at), upper(during), revoked_at,
         granted_under->>'person', provider_id, suspensions, needs_second AND confirmed_at IS NULL,
         NULL::bigint, NULL::bigint, subject
    FROM access_proxy
   WHERE enterprise_id = %(enterprise)s AND block = %(block)s::text AND person_id = %(person)s
     AND (subject IS NULL OR subject = %(subject)s::uuid)
   ORDER BY subject NULLS FIRST, id""",  # the narrower comes last, and is the one recorded
    **_by_mandatary(
        "mandatary_id IS NOT NULL AND block = %(block)s::text",
        on_this="\n     AND (subject IS NULL OR subject = %(subject)s::uuid)",
    ),
    # Without a queue in the question, only an assignment to all queues answers it.
    Kind.ASSIGNMENT: """
  SELECT 'assignment', public_id, role, NULL::text[], greatest(lower(during), confirmed_at), upper(during), revoked_at,
         granted_under->>'person', NULL::bigint, NULL::tstzrange[], first IS NULL AND confirmed_at IS NULL,
         NULL::bigint, NULL::bigint, NULL::uuid
    FROM access_staffassignment
   WHERE person_id = %(person)s AND queue IN ('', coalesce(%(block)s::text, ''))
   ORDER BY id""",
}

#: The same edges whatever the block: each tells of which blocks it speaks.
WHOLE = EDGES | {
    Kind.REGISTRATION: """
  SELECT 'registration', public_id, state,
         ARRAY(SELECT each || '=' || coalesce(versions->>each, '1') FROM unnest(accepted_blocks) AS each),
         NULL::timestamptz, NULL::timestamptz, NULL::timestamptz, NULL::text, provider_id,
         NULL::tstzrange[], false, NULL::bigint, NULL::bigint, NULL::uuid
    FROM enterprises_serviceregistration
   WHERE enterprise_id = %(enterprise)s
   ORDER BY id""",
    Kind.PROXY: """
  SELECT 'proxy', public_id, block, rights::text[], greatest(lower(during), confirmed_at), upper(during), revoked_at,
         granted_under->>'person', provider_id, suspensions, needs_second AND confirmed_at IS NULL,
         NULL::bigint, NULL::bigint, subject
    FROM access_proxy
   WHERE enterprise_id = %(enterprise)s AND person_id = %(person)s
   ORDER BY subject NULLS FIRST, id""",
    **_by_mandatary("mandatary_id IS NOT NULL"),
}
#: The edges whose state is the code of a block.
OF_A_BLOCK = (Kind.PROXY, Kind.EXTERNAL, Kind.NAMING)
IN_AN_ENTERPRISE = [kind for kind in Kind if kind != Kind.ASSIGNMENT]
#: Assignments to any queue: what opens the staff's pages. What is on them is decided queue by queue.
ANY_QUEUE = EDGES[Kind.ASSIGNMENT].replace(" AND queue IN ('', coalesce(%(block)s::text, ''))", "")


#: Which table an edge locks, if it reads two: the other was locked by an edge before.
OF = {Kind.NAMING: " OF naming"}


@cache
def statement(kinds: frozenset[Kind], *, is_locking: bool) -> str:
    """Return the statement that reads these edges, or locks them, in the order of `Kind`."""
    wanted = [kind for kind in Kind if kind in kinds]
    lock = {kind: f"\n     FOR SHARE{OF.get(kind, '')}" if is_locking else "" for kind in wanted}
    edges = ",".join(f" {kind.value} AS ({EDGES[kind]}{lock[kind]}\n)" for kind in wanted)
    return f"WITH{edges}\n" + " UNION ALL ".join(f"TABLE {kind.value}" for kind in wanted)


def whole_standing_of(person: Person, enterprise: Enterprise) -> list[tuple[Link, Versions | None]]:
    """Return every edge between an enterprise and a person, each with the blocks it speaks of, or None for all."""
    each = " UNION ALL ".join(f"({WHOLE[kind]})" for kind in IN_AN_ENTERPRISE)
    rows = rows_of(each, {"person": person.pk, "enterprise": enterprise.pk})
    return [_link_and_blocks(*row) for row in rows]


def staff_standing_of(person: Person) -> list[Link]:
    """Return what a person stands on on the regulator's side, in whatever queue."""
    rows = rows_of(f"({EDGES[Kind.PERSON]}) UNION ALL ({ANY_QUEUE})", {"person": person.pk})
    return [_link(*row) for row in rows]


def _link_and_blocks(kind: str, public_id, state: str, listed: list[str] | None, *rest):  # type: ignore[no-untyped-def]
    """Return a row as a link and the blocks it speaks of; what it lists is blocks or rights, by its kind."""
    if kind == Kind.REGISTRATION:
        versions = (each.rsplit("=", 1) for each in listed or ())
        return _link(kind, public_id, state, None, *rest), {block: int(version) for block, version in versions}
    return _link(kind, public_id, state, listed, *rest), {state: 1} if kind in OF_A_BLOCK else None


def standing_of(  # noqa: PLR0913 - each is named at the call
    person: Person, enterprise: Enterprise | None, block: str | None, *,
    kinds: Collection[Kind], matter: Matter = WHATEVER, is_locking: bool = False,
) -> list[Link]:  # fmt: skip
    """Return the edges of these kinds between an enterprise and a person, locked until the end of the transaction."""
    asked = {
        "person": person.pk, "enterprise": enterprise.pk if enterprise else None, "block": block,
        "version": matter.version, "subject": matter.subject,
    }  # fmt: skip
    rows = rows_of(statement(frozenset(kinds), is_locking=is_locking), asked)
    return [_link(*row) for row in rows]


def _link(kind: str, public_id, state: str, rights: list[str] | None, *dates_and_source) -> Link:  # type: ignore[no-untyped-def]
    """Return a row as a link: with its own rights, or with those that its state or role carries."""
    edge = Kind(kind)
    carries = CARRIED.get((edge, state), frozenset()) if rights is None else frozenset(map(Right, rights))
    start, end, revoked_at, giver, provider, pauses, *rest = dates_and_source
    spans = tuple((each.lower, each.upper) for each in pauses or () if not each.isempty)
    return Link(edge, public_id, state, carries, start, end, revoked_at, giver, provider, spans, *rest)
