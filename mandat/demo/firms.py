"""
The twelve firms of the demonstration's register, and the words that its people and streets are named with.

All invented. Numbers follow the patterns fabricated for tests: no such firm exists. The first two are those that the
demonstration enrols online.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Registered:
    """One code that a firm is or was registered for, where, since when and until when."""

    regime: str
    code: str
    since: date
    end: date | None = None
    jurisdictions: tuple[str, ...] = ("QC",)


@dataclass(frozen=True)
class Place:
    """An establishment; the first one of a firm is its principal."""

    street: str
    city: str
    postal_code: str
    province: str = "QC"
    since: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class Firm:
    """A firm as the regulator knows it, and how many representatives it has now."""

    name: str
    kind: str
    neq: str
    client_number: str
    registered: tuple[Registered, ...]
    places: tuple[Place, ...]
    representatives: int
    language: str = "fr"
    principal_regulator: str = "QC"
    #: When it was suspended, if it ever was.
    suspended: tuple[date, date] | None = None

    @property
    def since(self) -> date:
        """Return the day of its first registration."""
        return min(each.since for each in self.registered)


def securities(code: str, since: date, *jurisdictions: str, end: date | None = None) -> Registered:
    """Return a registration in securities, in Québec and elsewhere."""
    return Registered("securities", code, since, end, ("QC", *jurisdictions))


def distribution(code: str, since: date, end: date | None = None) -> Registered:
    """Return a registration in distribution."""
    return Registered("distribution", code, since, end)


FIRMS = (
    Firm(
        "Gestion Anse-Bleue inc.", "securities_firm", "1199999013", "3009998217",
        (
            securities("PM", date(2009, 9, 28), "NB", "ON"), securities("EMD", date(2012, 3, 5), "NB"),
            securities("IFM", date(2015, 6, 1)),
        ),
        (
            Place("1180, rue du Quai-des-Brumes, bureau 400", "Québec", "G1K 9Z1", since=date(2018, 5, 1)),
            Place("35, côte de la Goélette", "Rimouski", "G5L 9Z2"),
            Place("12, ruelle des Calfats", "Québec", "G1K 9Z3", end=date(2018, 5, 1)),
        ),
        representatives=7,
    ),
    Firm(
        "Fonds Trois-Pignons s.e.c.", "securities_firm", "3399999013", "3009998522",
        (securities("IFM", date(2011, 1, 17), "ON"), securities("EMD", date(2011, 1, 17), "ON")),
        (Place("640, avenue du Clocher-Penché", "Montréal", "H2X 9Z1"),),
        representatives=4,
    ),
    Firm(
        "Courtage Rive-Haute inc.", "securities_firm", "1199999021", "3009998118",
        (
            securities("ID", date(2004, 4, 12), "BC", "NS", "ON"),
            Registered("derivatives", "DD", date(2009, 2, 1)),
        ),
        (
            Place("2200, boulevard de l’Estacade, 18e étage", "Montréal", "H3B 9Z1"),
            Place("77, place du Belvédère", "Sherbrooke", "J1H 9Z1"),
            Place("300 Breakwater Street, Suite 900", "Halifax", "B3J 9Z1", "NS"),
        ),
        representatives=7,
    ),
    Firm(
        "Groupe Cap-aux-Embruns inc.", "cabinet", "1199999039", "3009998126",
        (
            securities("MFD", date(2009, 9, 28), "NB"), distribution("AP", date(2001, 10, 1)),
            distribution("AC", date(2006, 2, 13)), distribution("PF", date(2003, 5, 5)),
        ),
        (
            Place("415, rue de la Grève", "Lévis", "G6V 9Z1"),
            Place("9, chemin du Phare-Pilier", "Gaspé", "G4X 9Z1"),
            Place("1502, rue des Échouries", "Saguenay", "G7H 9Z1"),
        ),
        representatives=7,
    ),
    Firm(
        "Laurier Narrows Capital Inc.", "securities_firm", "1199999047", "3009998134",
        (securities("EMD", date(2013, 11, 4), "AB", "ON"), securities("PM", date(2019, 7, 2), "ON")),
        (Place("88 Drawbridge Row, Suite 1200", "Toronto", "M5H 9Z1", "ON"),),
        representatives=3, language="en", principal_regulator="ON",
    ),
    Firm(
        "Plans d’études Petit-Fanal inc.", "securities_firm", "1199999054", "3009998142",
        (securities("SPD", date(2010, 3, 1)),),
        (Place("530, rue de l’Alambic", "Laval", "H7N 9Z1"),),
        representatives=3,
    ),
    Firm(
        "Assurances Bellechute inc.", "cabinet", "1199999062", "3009998159",
        (distribution("AP", date(2002, 6, 10)), distribution("AP-MA", date(2002, 6, 10), date(2016, 4, 1))),
        (
            Place("61, rue du Moulin-Banal", "Saint-Hyacinthe", "J2S 9Z1"),
            Place("2, place des Lavandières", "Granby", "J2G 9Z1"),
        ),
        representatives=6,
    ),
    Firm(
        "Régimes collectifs Grand-Héron inc.", "cabinet", "1199999070", "3009998167",
        (distribution("AC", date(2008, 9, 15)), distribution("AC-RA", date(2008, 9, 15))),
        (Place("1010, allée des Quenouilles, bureau 210", "Longueuil", "J4K 9Z1"),),
        representatives=3,
    ),
    Firm(
        "Courtiers d’assurance Vieux-Ponceau inc.", "cabinet", "1199999088", "3009998175",
        (
            distribution("AD-C", date(1999, 10, 1)), distribution("AD-C-P", date(2005, 1, 10)),
            distribution("ES", date(2014, 8, 18), date(2021, 3, 31)),
        ),
        (
            Place("245, rue de la Forge-Basse", "Trois-Rivières", "G9A 9Z1"),
            Place("18, rue du Chaland", "Shawinigan", "G9N 9Z1"),
        ),
        representatives=6, suspended=(date(2017, 11, 6), date(2018, 1, 15)),
    ),
    Firm(
        "Hypothèques Clé-de-Voûte inc.", "cabinet", "1199999096", "3009998183",
        (distribution("CH", date(2020, 5, 1)),),
        (Place("3300, boulevard des Cerfs-Volants, local 5", "Gatineau", "J8T 9Z1"),),
        representatives=4,
    ),
    Firm(
        "Expertise Long-Cours inc.", "cabinet", "1199999104", "3009998191",
        (distribution("ES", date(2007, 2, 26)), distribution("ES-E", date(2007, 2, 26))),
        (Place("704, rue du Cabestan", "Sept-Îles", "G4R 9Z1"),),
        representatives=3,
    ),
    Firm(
        "Planification Deux-Érables s.e.n.c.", "independent_partnership", "3399999021", "3009998209",
        (distribution("PF", date(2012, 4, 2)), distribution("AP", date(2014, 1, 6))),
        (Place("27, rang de la Sucrerie", "Joliette", "J6E 9Z1"),),
        representatives=4,
    ),
)  # fmt: skip

#: A firm that the regulator knows and that nobody has enrolled online yet: whoever tries the demonstration may.
TO_ENROL = Firm(
    "Conseil Brise-Lame inc.", "securities_firm", "1199999112", "3009998225",
    (securities("EMD", date(2016, 2, 8), "NB"),),
    (Place("14, rue de l’Amarre", "Rimouski", "G5L 9Z7"),),
    representatives=3,
)  # fmt: skip
REGISTERED = (*FIRMS, TO_ENROL)

#: An accountants' firm: it acts for others, and the regulator has no file on it.
ACCOUNTANTS = Firm(
    "Lavigne-Ostiguy comptables s.e.n.c.", "", "3399999047", "", (),
    (Place("905, rue du Boulier", "Québec", "G1R 9Z4"),), representatives=0,
)  # fmt: skip

GIVEN_NAMES = (
    "Adélaïde", "Amina", "André-Anne", "Anaïs", "Antoine", "Arnaud", "Béatrice", "Benoît", "Camille", "Cédric", "Chloé",
    "Dominique", "Édith", "Élodie", "Émile", "Étienne", "Fabiola", "Félix", "Florence", "Françoise", "Frédérique",
    "Gaël",
    "Geneviève", "Guylaine", "Hélène", "Hugo", "Idriss", "Inès", "Isaïe", "Jean-François", "Jérôme", "Joëlle", "Josée",
    "Kim-Anh", "Léa-Maude", "Loïc", "Ludivine", "Lydia", "Maëlys", "Marc-André", "Marie-Ève", "Mathilde", "Mélanie",
    "Michaël", "Naïma", "Noël", "Ondine", "Ousmane", "Pascale", "Pénélope", "Raphaël", "Réjean", "Rosalie", "Samuel",
    "Sébastien", "Simone", "Stéphane", "Thaïs", "Théo", "Valérie", "Véronique", "Xavier", "Yacine", "Zoé",
)  # fmt: skip
FAMILY_NAMES = (
    "Allard-Perras", "Arsenault", "Ayotte", "Bégin", "Bélanger", "Benkirane", "Bérubé", "Bilodeau", "Boissonneault",
    "Chénier", "Côté", "D’Amours", "Daigle", "Delisle-Huot", "Desrosiers", "Diallo", "Dubé", "Duchesne", "Fréchette",
    "Gagné", "Gélinas", "Giguère", "Grand’Maison", "Guérin", "Hébert", "Huard", "Jean-Baptiste", "Kanapé", "Labonté",
    "Lachaîne", "L’Heureux", "Langevin", "Lefèvre", "Léveillé", "L’Écuyer", "Maheu", "Mäkinen", "Ménard", "Nadeau",
    "Nguyễn", "O’Bomsawin", "Ouellet", "Paré", "Pépin", "Plourde", "Quévillon", "Rhéaume", "Robitaille", "Saint-Onge",
    "Sénécal", "Sévigny", "Théberge", "Thériault", "Tremblay-Roy", "Trépanier", "Vaillancourt", "Vézina", "Wéré",
)  # fmt: skip
