"""
An extract of the enterprises register that tells of no enterprise there is: any size, the same for the same seed.

The licence of the real data forbids to hand them on: tests, the demonstration and the benchmarks read these. Some one
row in a hundred carries a trap that the real data carry: a struck-off enterprise, a bankrupt one, a blank address, a
name with a line break, a former name, a city with its province, a secondary establishment.
"""

import csv
import random
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import TextIOWrapper
from itertools import chain
from pathlib import Path

#: The columns of each file, as the Registraire publishes them.
TITLES = {
    "Entreprise.csv": """
        NEQ IND_FAIL DAT_IMMAT COD_REGIM_JURI COD_INTVAL_EMPLO_QUE DAT_CESS_PREVU COD_STAT_IMMAT COD_FORME_JURI
        DAT_STAT_IMMAT COD_REGIM_JURI_CONSTI DAT_DEPO_DECLR AN_DECL AN_PROD DAT_LIMIT_PROD AN_PROD_PRE
        DAT_LIMIT_PROD_PRE DAT_MAJ_INDEX_NOM COD_ACT_ECON_CAE NO_ACT_ECON_ASSUJ DESC_ACT_ECON_ASSUJ COD_ACT_ECON_CAE2
        NO_ACT_ECON_ASSUJ2 DESC_ACT_ECON_ASSUJ2 NOM_LOCLT_CONSTI DAT_CONSTI IND_CONVEN_UNMN_ACTNR IND_RET_TOUT_POUVR
        IND_LIMIT_RESP DAT_DEB_RESP DAT_FIN_RESP OBJET_SOC NO_MTR_VOLONT ADR_DOMCL_ADR_DISP ADR_DOMCL_LIGN1_ADR
        ADR_DOMCL_LIGN2_ADR ADR_DOMCL_LIGN3_ADR ADR_DOMCL_LIGN4_ADR
    """,
    "Nom.csv": "NEQ NOM_ASSUJ NOM_ASSUJ_LANG_ETRNG STAT_NOM TYP_NOM_ASSUJ DAT_INIT_NOM_ASSUJ DAT_FIN_NOM_ASSUJ",
    "Etablissements.csv": """
        NEQ NO_SUF_ETAB IND_ETAB_PRINC IND_SALON_BRONZ IND_VENTE_TABAC_DETL IND_DISP LIGN1_ADR LIGN2_ADR LIGN3_ADR
        LIGN4_ADR COD_ACT_ECON DESC_ACT_ECON_ETAB NO_ACT_ECON_ETAB COD_ACT_ECON2 DESC_ACT_ECON_ETAB2 NO_ACT_ECON_ETAB2
        NOM_ETAB
    """,
    "FusionScissions.csv": """
        NEQ NEQ_ASSUJ_REL DENOMN_SOC COD_RELA_ASSUJ DAT_EFCTVT IND_DISP LIGN1_ADR LIGN2_ADR LIGN3_ADR LIGN4_ADR
    """,
    "ContinuationsTransformations.csv": "NEQ COD_TYP_CHANG COD_REGIM_JURI AUTR_REGIM_JURI NOM_LOCLT DAT_EFCTVT",
    "DomaineValeur.csv": "TYP_DOM_VAL COD_DOM_VAL VAL_DOM_FRAN",
}
LABELS = (
    ("STAT_IMMAT", "IM", "Immatriculée"), ("STAT_IMMAT", "RD", "Radiée sur demande"),
    ("STAT_IMMAT", "RO", "Radiée d’office"), ("STAT_IMMAT", "RX", "Radiée d’office suite à un défaut"),
    ("FORM_JURI", "CIE", "Société par actions ou compagnie"), ("FORM_JURI", "IND", "Entreprise individuelle"),
    ("FORM_JURI", "SENC", "Société en nom collectif"), ("FORM_JURI", "APE", "Personne morale sans but lucratif"),
    ("RELA_ASSUJ", "FUS", "Fusion"), ("RELA_ASSUJ", "SCI", "Scission"), ("TYP_CHANG", "CON", "Continuation"),
)  # fmt: skip
FORMS = {"11": "CIE", "22": "IND", "33": "SENC", "88": "APE"}
WORDS = (
    "Boréal",
    "Rive-Haute",
    "des Érables",
    "du Fleuve",
    "Grand-Pic",
    "L’Anse",
    "Nordet",
    "Quatre-Vents",
    "Saint-Élan",
)
TRADES = ("Courtage", "Gestion", "Assurances", "Conseil", "Placements", "Boulangerie", "Transport", "Quincaillerie")
STREETS = ("rue des Pins", "boulevard du Quai", "chemin de la Traverse", "avenue du Belvédère", "rang Sainte-Anne")
CITIES = (("Québec", "G1R9Z9"), ("Montréal", "H2X9Z9"), ("Sherbrooke", "J1H9Z9"), ("Rimouski", "G5L9Z9"))
STRUCK_OFF = ("RD", "RO", "RX")
LAST_DAY = date(2026, 6, 30)
#: One enterprise in so many carries each trap.
RARE = 100


@dataclass(frozen=True)
class Known:
    """An enterprise that an extract is to tell of."""

    neq: str
    name: str
    street: str
    city: str
    postal_code: str
    status: str = "IM"
    bankrupt: str = "N"
    merged_into: tuple[str, str] = ("", "")  # the number and the name of the enterprise that goes on
    former_name: str = ""


@dataclass(frozen=True)
class Invented(Known):
    """An enterprise of no use but to be there; `number` says which traps it carries."""

    number: int = 0

    def is_one_in(self, traps: int, *, after: int = 0) -> bool:
        """Tell whether it is among those that carry a trap."""
        return self.number % traps == after


def write_extract(path: Path, *, enterprises: int, seed: int = 1, known: Iterable[Known] = ()) -> None:
    """Write an archive of the six files: of the enterprises named, then of as many invented ones as asked for."""
    named = [Invented(**vars(each), number=1) for each in known]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        _write(archive, "DomaineValeur.csv", LABELS)
        for name, rows in WRITERS.items():
            everyone = chain(named, invented(enterprises, seed))
            _write(archive, name, chain.from_iterable(rows(each) for each in everyone))


def invented(count: int, seed: int) -> Iterator[Invented]:
    """Yield enterprises, the same for the same seed. Their numbers are of a series that was never given out."""
    drawn = random.Random(seed)  # noqa: S311 - to be the same for the same seed
    for number in range(count):
        family = ("11", "11", "11", "22", "33", "88")[number % 6]
        city, postal_code = drawn.choice(CITIES)
        yield Invented(
            neq=f"{family}9{number:07d}",
            name=f"{drawn.choice(TRADES)} {drawn.choice(WORDS)} {number}",
            street=f"{drawn.randrange(1, 9_000)}, {drawn.choice(STREETS)}",
            city=city, postal_code=postal_code,
            status=("IM", "IM", drawn.choice(STRUCK_OFF))[number % 3], bankrupt="NO"[number % RARE == 0],
            number=number,
        )  # fmt: skip


def _write(archive: zipfile.ZipFile, name: str, rows: Iterable[Sequence[str]]) -> None:
    info = zipfile.ZipInfo(name, date_time=(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 12, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    with (
        archive.open(info, "w", force_zip64=True) as packed,
        TextIOWrapper(packed, "utf-8-sig", newline="") as unpacked,
    ):
        written = csv.writer(unpacked)
        written.writerow(TITLES[name].split())
        written.writerows(rows)


def _row(name: str, **values: str) -> list[str]:
    return [values.get(title, "") for title in TITLES[name].split()]


def _since(each: Invented) -> str:
    return (LAST_DAY - timedelta(days=40 + each.number % 12_000)).isoformat()


def _lines(each: Invented, prefix: str = "") -> dict[str, str]:
    """Return the lines of an address, the city in the second or the third, now and then with its province."""
    if each.is_one_in(RARE, after=11):
        return {}
    city = f"{each.city} (Québec)" if each.is_one_in(RARE, after=12) else each.city
    middle = ["", "Bureau 200"][each.is_one_in(RARE, after=13)]
    lines = [each.street, middle or city, city if middle else "", each.postal_code]
    return {f"{prefix}LIGN{place}_ADR": line for place, line in enumerate(lines, 1)}


def _enterprise(each: Invented) -> Iterator[list[str]]:
    yield _row(
        "Entreprise.csv", NEQ=each.neq, IND_FAIL=each.bankrupt, DAT_IMMAT=_since(each), COD_REGIM_JURI="LSAQ",
        COD_STAT_IMMAT=each.status, COD_FORME_JURI=FORMS[each.neq[:2]], DAT_STAT_IMMAT=_since(each),
        ADR_DOMCL_ADR_DISP="O", **_lines(each, "ADR_DOMCL_"),
    )  # fmt: skip


def _names(each: Invented) -> Iterator[list[str]]:
    legal = {"TYP_NOM_ASSUJ": "N", "DAT_INIT_NOM_ASSUJ": _since(each)}
    if each.is_one_in(RARE, after=21):
        yield _row("Nom.csv", NEQ=each.neq, NOM_ASSUJ=f"Ancien {each.name}", STAT_NOM="A", **legal)
    if each.former_name:
        yield _row("Nom.csv", NEQ=each.neq, NOM_ASSUJ=each.former_name, STAT_NOM="A", **legal)
    yield _row("Nom.csv", NEQ=each.neq, NOM_ASSUJ=each.name, STAT_NOM="V", **legal)
    if each.is_one_in(RARE, after=22):
        other = f"{each.name}\n« Chez nous »"
        yield _row("Nom.csv", NEQ=each.neq, NOM_ASSUJ=other, STAT_NOM="V", TYP_NOM_ASSUJ="A")


def _establishments(each: Invented) -> Iterator[list[str]]:
    yield _row("Etablissements.csv", NEQ=each.neq, NO_SUF_ETAB="0001", IND_ETAB_PRINC="O", **_lines(each))
    if each.is_one_in(RARE, after=31):
        yield _row("Etablissements.csv", NEQ=each.neq, NO_SUF_ETAB="0002", IND_ETAB_PRINC="N", **_lines(each))


def _relations(each: Invented) -> Iterator[list[str]]:
    number, name = each.merged_into
    if number:
        said = {"NEQ_ASSUJ_REL": number, "DENOMN_SOC": name, "COD_RELA_ASSUJ": "FUS"}
        yield _row("FusionScissions.csv", NEQ=each.neq, DAT_EFCTVT=_since(each), **said)
    if each.is_one_in(RARE, after=41):
        said = {"NEQ_ASSUJ_REL": "1199999013", "DENOMN_SOC": "Ancêtre inc.", "COD_RELA_ASSUJ": "FUS"}
        yield _row("FusionScissions.csv", NEQ=each.neq, DAT_EFCTVT="2019-01-01", **said)


def _changes(each: Invented) -> Iterator[list[str]]:
    if each.is_one_in(RARE, after=51):
        said = {"COD_TYP_CHANG": "CON", "COD_REGIM_JURI": "LSAQ", "NOM_LOCLT": "Canada"}
        yield _row("ContinuationsTransformations.csv", NEQ=each.neq, DAT_EFCTVT="2018-05-01", **said)


WRITERS: dict[str, Callable[[Invented], Iterator[list[str]]]] = {
    "Entreprise.csv": _enterprise,
    "Nom.csv": _names,
    "Etablissements.csv": _establishments,
    "FusionScissions.csv": _relations,
    "ContinuationsTransformations.csv": _changes,
}
