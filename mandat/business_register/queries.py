"""Questions to the enterprises register, as it was read last."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from mandat.business_register.enterprise import Registered, enterprise_of
from mandat.business_register.models import Extract
from mandat.platform.clock import legal_day, now
from mandat.reference.queries import policy

#: One statement: the extract in use is found in it, so that a reader sees one extract, whole.
ASK = """
SELECT x.as_of, e.neq, e.status, coalesce(s.label, e.status) AS status_label, e.status_on,
       coalesce(f.label, e.form) AS form, e.insolvency,
       (SELECT coalesce(json_agg(json_build_array(n.name, n.state, n.kind) ORDER BY n.since NULLS FIRST, n.name), '[]')
          FROM business_register_name n WHERE n.slot = x.slot AND n.neq = e.neq) AS names,
       json_build_array(
         json_build_array(e.line1, e.line2, e.line3, e.line4),
         (SELECT json_build_array(p.line1, p.line2, p.line3, p.line4)
            FROM business_register_establishment p WHERE p.slot = x.slot AND p.neq = e.neq ORDER BY p.suffix LIMIT 1)
       ) AS addresses,
       (SELECT coalesce(json_agg(json_build_array(
                 coalesce(c.label, r.kind), r.other, r.name, r.took_effect_on) ORDER BY r.took_effect_on), '[]')
          FROM business_register_relation r
          LEFT JOIN business_register_code c
            ON c.slot = x.slot AND c.domain = 'RELA_ASSUJ' AND c.code = r.kind
         WHERE r.slot = x.slot AND r.neq = e.neq) AS relations
  FROM business_register_extract x
  LEFT JOIN business_register_enterprise e ON e.slot = x.slot AND e.neq = %s
  LEFT JOIN business_register_code s ON s.slot = x.slot AND s.domain = 'STAT_IMMAT' AND s.code = e.status
  LEFT JOIN business_register_code f ON f.slot = x.slot AND f.domain = 'FORM_JURI' AND f.code = e.form
 WHERE x.is_current
"""


@dataclass(frozen=True)
class Answer:
    """What the register says of a NEQ: nothing can be concluded from one that is absent or out of date."""

    as_of: date | None = None
    is_stale: bool = False
    enterprise: Registered | None = None

    @property
    def is_silent(self) -> bool:
        """Tell whether the register has nothing to say of anybody."""
        return self.as_of is None or self.is_stale


def ask(neq: str) -> Answer:
    """Return what the register says of an enterprise: one statement, and the policy of the day."""
    with connection.cursor() as cursor:
        cursor.execute(ASK, [neq])
        row = cursor.fetchone()
        titles = [column.name for column in cursor.description]
    if row is None:
        return Answer()
    said = dict(zip(titles, row, strict=True))
    enterprise = enterprise_of(said) if said["neq"] else None
    return Answer(said["as_of"], is_stale=is_out_of_date(said["as_of"]), enterprise=enterprise)


def state_of_the_register() -> Answer:
    """Return of what day the register is read, and whether that is too long ago."""
    current = Extract.objects.filter(is_current=True).first()
    return Answer(current.as_of, is_stale=is_out_of_date(current.as_of)) if current else Answer()


def is_out_of_date(as_of: date) -> bool:
    """Tell whether an extract is older than the policy of today lets one rely on."""
    today = legal_day(now())
    return as_of < today - timedelta(days=policy("business-register-stale-days", today))
