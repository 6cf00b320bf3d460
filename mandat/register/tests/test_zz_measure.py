import os, random, subprocess, sys, time
import pytest
from mandat.register.tests.folders import HEADERS
from mandat.register.tests.test_import_command import ROOT, environment

SCRIPT = """
import os, resource, sys, time
import django; django.setup()
from django.core.management import call_command
if os.environ.get('SLOW'):
    from mandat.register.importing import staging, parties, facts, merging, commands
    real = staging.run
    def run(statement, **names):
        s=time.monotonic(); r=real(statement, **names); d=time.monotonic()-s
        if d>float(os.environ['SLOW']): print(round(d,2), r, ' '.join(statement.split())[:90], names.get('name',''), flush=True)
        return r
    for m in (staging, parties, facts, merging): m.run = run
    rs = staging.stage
    def stage(*a, **k):
        s=time.monotonic(); r=rs(*a, **k); print('stage', a[0].name, round(time.monotonic()-s,2), flush=True); return r
    staging.stage = stage
s=time.monotonic()
r0=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1024
try: call_command('import_register', *sys.argv[1:])
except Exception as e: print(e)
print('seconds', round(time.monotonic()-s,2), 'cpu', round(time.process_time(),1), 'peak MB', round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1024), 'before', round(r0), flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_measure(tmp_path):
    n = int(os.environ.get("N", "100000"))
    firms = [f"30{i:08}" for i in range(n // 50)]
    people = n * 6 // 10

    def w(name, rows):
        with open(tmp_path / f"{name}.csv", "w", encoding="utf-8") as f:
            f.write(HEADERS[name] + "\n")
            f.writelines(r + "\n" for r in rows)

    w("registrants", [f"{c},cabinet,Firme Éloïse {c} inc.,,fr,QC" for c in firms])
    w("individuals", [f",{i + 1:07},Éloïse,Côté-{i}" for i in range(people)])
    w("registrations", [f"{c},distribution,{d},QC,active,2010-01-01,," for c in firms for d in ("AP", "AC", "PF")])
    w("establishments", [f'{c},E1,principal,,"1, rue du Quai",Rimouski,QC,G5L 1A1,CA,2010-01-01,,' for c in firms])
    w(
        "offices",
        [
            f"{c},,{i % people + 1:07},{role},2010-01-01,,"
            for i, c in enumerate(firms)
            for role in ("correspondent", "responsible_officer")
        ],
    )
    rows = []
    for i in range(n):
        p = i % people + 1
        d = ("AP", "AC")[i // people]
        c = firms[(p * 7 + i // people) % len(firms)]
        rows.append(
            f"{c},,{p:07},distribution,{d},{'yes' if i % 3 else 'no'},Rimouski,{2011 + i % 10}-0{1 + i % 9}-1{i % 9},{'2024-05-06' if i % 4 == 0 else ''},"
        )
    w("attachments", rows)
    env = os.environ | environment() | {"PYTHONPATH": str(ROOT)}

    def go(what, *words):
        out = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(tmp_path), *words], cwd=ROOT, env=env, capture_output=True, text=True
        )
        print("==", what, len(out.stdout), out.stdout[-2600:], out.stderr[-600:], flush=True)

    go("first")
    go("again")
    w("attachments", [r.replace("Rimouski", "Gaspé") if i % 100 == 0 else r for i, r in enumerate(rows)])
    go("1 %")
    w("attachments", [r[:5] + "x" + r[6:] for r in rows])
    go("all bad")
