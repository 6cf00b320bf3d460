"""
Goals 1 and 2: the decision among 10,000 and 1,000,000 mandates, beside a bare prepared statement and django-rules.

    python -m tests.bench.decisions SIZE      # asks, in rounds in turn, the database of that size, and says JSON

The bare statement reads one row by its key and knows nothing of firms, registrations, persons or why. django-rules asks
what the rule asks through Django's models. All three are held to a count made in Python from the rows themselves.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from mandat.platform.postgres.address import OWNER
from mandat.platform.postgres.cluster import Cluster
from tests.bench.figures import Figures

ROOT = Path(__file__).parents[2]
SIZES = (10_000, 1_000_000)
ROUNDS, QUESTIONS, BATCH = 5, 400, 50
BLOCKS = [f"BF-{number:02}" for number in range(12)]

#: Whoever holds mandates for whom: firms of very unequal sizes, one in five ended or revoked, one firm in fifty suspended.
FILL = """
ALTER TABLE access_proxy DROP CONSTRAINT IF EXISTS one_unrevoked_proxy_per_block_and_person;
ALTER TABLE access_proxy DROP CONSTRAINT IF EXISTS one_unrevoked_proxy_per_block_and_mandatary;
SELECT setseed(0.5);
INSERT INTO enterprises_serviceprovider (public_id, code, name_fr, name_en)
  VALUES (gen_random_uuid(), 'bench', 'Banc', 'Bench');
INSERT INTO identity_person (public_id, given_name, family_name, sort_name, language, state)
  SELECT gen_random_uuid(), 'P', n::text, n::text, 'fr', CASE WHEN n %% 40 = 0 THEN 'suspended' ELSE 'active' END
    FROM generate_series(1, {people}) AS n;
INSERT INTO enterprises_enterprise
    (public_id, kind, name, sort_name, is_established_in_quebec, state, second_person_for)
  SELECT gen_random_uuid(), 'legal_person', 'F', n::text, true,
         CASE WHEN n %% 50 = 0 THEN 'suspended' ELSE 'active' END, '{{}}'
    FROM generate_series(1, {firms}) AS n;
INSERT INTO enterprises_serviceregistration
    (public_id, state, client_number, accepted_blocks, catalogue_version, requested_under, versions,
     enterprise_id, provider_id)
  SELECT gen_random_uuid(), 'active', '', ARRAY[{blocks}], 1, '{{}}', '{{}}', enterprise.id, provider.id
    FROM enterprises_enterprise AS enterprise, enterprises_serviceprovider AS provider WHERE provider.code = 'bench';
INSERT INTO access_proxy
    (public_id, during, granted_under, revocation_reason, block, rights, enterprise_id, provider_id, person_id,
     needs_second, suspensions, revoked_at, revoked_under)
  SELECT gen_random_uuid(),
         tstzrange('2020-01-01', CASE WHEN dice < 0.1 THEN timestamptz '2021-01-01' ELSE '2100-01-01' END), '{{}}', '',
         (ARRAY[{blocks}])[1 + floor(random() * 12)::int],
         CASE WHEN random() < 0.5 THEN ARRAY['view'] ELSE ARRAY['view', 'prepare', 'sign'] END,
         low.firm + 1 + floor(power(random(), 3) * {firms})::int, (SELECT max(id) FROM enterprises_serviceprovider),
         low.person + 1 + floor(random() * {people})::int, false, '{{}}',
         CASE WHEN dice BETWEEN 0.1 AND 0.2 THEN timestamptz '2021-01-01' END,
         CASE WHEN dice BETWEEN 0.1 AND 0.2 THEN '{{}}'::jsonb END
    FROM (SELECT random() AS dice FROM generate_series(1, {size})) AS thrown,
         (SELECT (SELECT max(id) FROM enterprises_enterprise) - {firms} AS firm,
                 (SELECT max(id) FROM identity_person) - {people} AS person) AS low;
"""
BARE = """
SELECT 1 FROM access_proxy
 WHERE person_id = %s AND enterprise_id = %s AND block = %s AND %s = ANY(rights)
   AND during @> %s AND (revoked_at IS NULL OR revoked_at > %s) LIMIT 1"""
BARE_BATCH = """
SELECT count(*) FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) AS asked (person, firm, block, given)
 WHERE EXISTS (SELECT 1 FROM access_proxy WHERE person_id = person AND enterprise_id = firm AND
   access_proxy.block = asked.block AND given = ANY(rights) AND during @> %s AND (revoked_at IS NULL OR revoked_at > %s))
"""


def decisions(environment: dict[str, str], figures: Figures) -> None:
    """Fill a database of each size on the cluster of a product that runs; measure; write the ratios down."""
    found = {size: measured(size, environment) for size in SIZES}
    for size, said in found.items():
        named, rate = f"goal 1: decision, {size:,} mandates", said["rates"]
        figures.ratio_at_least(f"{named}, to a bare statement", rate["product"], rate["bare"], 0.7, "/s")
        figures.ratio_at_least(f"{named}, to django-rules", rate["product"], rate["rules"], 5, "/s")
        figures.noted(f"{named}, the same statement prepared by hand", rate["prepared"], "/s")
        figures.ratio_at_least(f"{named}, {BATCH} of one place, to unnest", rate["place"], rate["unnest"], 0.7, "/s")
        figures.at_most(f"{named}, wrong of {said['asked']:,}", said["wrong"], 0, "")
    small, large = (found[size]["rates"]["product"] for size in SIZES)
    figures.ratio_at_least(f"goal 2: decisions, {SIZES[-1]:,} to {SIZES[0]:,}", large, small, 0.8, "/s")


def measured(size: int, environment: dict[str, str]) -> dict:
    """Return what was counted and timed on a database of so many mandates, which is dropped afterwards."""
    cluster, name = Cluster(Path(environment["MANDAT_VAR"]) / "postgres"), f"decisions_{size}"
    own = os.environ | environment | {"MANDAT_DATABASE_NAME": name, "DJANGO_SETTINGS_MODULE": "config.settings"}
    cluster.create_database(name)
    cluster.grant(name)
    migrate = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(migrate, env=own | {"MANDAT_DATABASE_ROLE": "owner"}, cwd=ROOT, check=True)
    with cluster.connect(name, user=OWNER) as connection:
        blocks = ", ".join(f"'{each}'" for each in BLOCKS)
        connection.execute(FILL.format(size=size, people=size // 4, firms=size // 10, blocks=blocks).replace("%%", "%"))
        connection.execute("ANALYZE")
    asked = [sys.executable, "-m", "tests.bench.decisions", str(size)]
    done = subprocess.run(asked, env=own, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    with cluster.connect("postgres") as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    said: dict = json.loads(done.stdout.splitlines()[-1])
    return said


def main(size: int) -> None:
    """Ask each engine the same questions in turn, round after round."""
    from tests.bench.engines import Engines

    dice, engines = random.Random(size), Engines()
    rates: dict[str, list[float]] = {}
    wrong = asked = 0
    for number in range(ROUNDS + 1):
        questions = engines.questions(dice, QUESTIONS)
        for name, engine in engines.singles.items():
            answers, taken = timed(engine(each) for each in questions)
            differ = sum(given != each.expected for given, each in zip(answers, questions, strict=True))
            wrong += differ if name == "product" else 0
            # The others do not know firms and persons that are suspended; only where they should agree are they held.
            asked += len(questions) if name == "product" else 0
            if number:  # the first round warms up
                rates.setdefault(name, []).append(len(questions) / taken)
        for name, engine in engines.batches.items():
            _, taken = timed(engine(questions[start : start + BATCH]) for start in range(0, QUESTIONS, BATCH))
            if number:
                rates.setdefault(name, []).append(QUESTIONS / taken)
    medians = {name: statistics.median(each) for name, each in rates.items()}
    sys.stdout.write(json.dumps({"rates": medians, "wrong": wrong, "asked": asked}))


def timed(answers: Iterator[object]) -> tuple[list[object], float]:
    began = time.perf_counter()
    kept = list(answers)
    return kept, time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]))
