"""
What the terminal is told, in French or in English.

A table rather than the message catalogues: this is said before they are compiled, and without loading Django.
"""

import os
import sys
from collections.abc import Mapping
from typing import TextIO

#: Name: (French, English).
SENTENCES: Mapping[str, tuple[str, str]] = {
    "about": (
        "Démarre Mandat sur cette machine : base de données, pages, tâches et sonnette. Ctrl-C arrête tout.",
        "Start Mandat on this machine: database, pages, jobs and doorbell. Ctrl-C stops everything.",
    ),
    "about_check": (
        "vérifier seulement le dossier et les ports, sans rien toucher",
        "only check the folder and the ports, touching nothing",
    ),
    "about_reset": (
        "effacer d’abord la base de démonstration, après confirmation",
        "first erase the demonstration database, after asking",
    ),
    # Refusals: what happened, then what to do.
    "bad_port": (
        "PORT vaut « {port} », qui n’est pas un numéro de port. Choisissez un nombre de 1 à 65534 : PORT=8000 make run",
        "PORT is “{port}”, which is no port number. Choose a number from 1 to 65534: PORT=8000 make run",
    ),
    "busy_port": (
        "Le port {port} est déjà pris par un autre programme. Choisissez-en un autre : PORT={other} make run",
        "Port {port} is already taken by another program. Choose another: PORT={other} make run",
    ),
    "closed_port": (
        "Le port {port} est réservé à l’administrateur de la machine. Choisissez-en un autre : PORT={other} make run",
        "Port {port} is reserved to this machine’s administrator. Choose another: PORT={other} make run",
    ),
    "not_writable": (
        "{user} ne peut pas écrire dans {folder}. Donnez un dossier où écrire : MANDAT_VAR={other} make run",
        "{user} cannot write in {folder}. Name a folder to write in: MANDAT_VAR={other} make run",
    ),
    "not_yours": (
        (
            "{folder} appartient à {owner}, et vous êtes {user}. Lancez la commande en tant que {owner}, ou donnez un"
            " dossier à vous : MANDAT_VAR={other} make run"
        ),
        (
            "{folder} belongs to {owner}, and you are {user}. Run the command as {owner}, or name a folder of your own:"
            " MANDAT_VAR={other} make run"
        ),
    ),
    "already_running": (
        (
            "Mandat tourne déjà avec le dossier {folder} : {address} (processus {process}). Arrêtez-le par Ctrl-C, ou"
            " lancez-en un second ailleurs : MANDAT_VAR={other} PORT={port} make run"
        ),
        (
            "Mandat already runs on the folder {folder}: {address} (process {process}). Stop it with Ctrl-C, or start a"
            " second one elsewhere: MANDAT_VAR={other} PORT={port} make run"
        ),
    ),
    "no_postgres": (
        "Aucun serveur PostgreSQL {major} ou plus récent n’est sur cette machine. Tapez : apt-get install postgresql",
        "No PostgreSQL server, {major} or newer, is on this machine. Type: apt-get install postgresql",
    ),
    "other_postgres": (
        (
            "La base de {folder} a été créée par PostgreSQL {major}, que cette machine n’a pas. Installez cette version"
            " (apt-get install postgresql-{major}), ou recommencez la démonstration : make demo-reset"
        ),
        (
            "The database of {folder} was made by PostgreSQL {major}, which this machine does not have. Install that"
            " version (apt-get install postgresql-{major}), or begin the demonstration again: make demo-reset"
        ),
    ),
    "not_crossable": (
        (
            "PostgreSQL refuse de tourner en tant que root, et l’utilisateur {user} ne peut pas traverser {folder}."
            " Donnez un dossier ouvert à tous : MANDAT_VAR=/var/lib/mandat make run"
        ),
        (
            "PostgreSQL refuses to run as root, and the user {user} cannot cross {folder}."
            " Name a folder that all may cross: MANDAT_VAR=/var/lib/mandat make run"
        ),
    ),
    "database_failed": (
        "La base de données n’a pas démarré. Voici ce qu’elle dit :\n{said}",
        "The database did not start. This is what it says:\n{said}",
    ),
    "server_left": (
        (
            "Un serveur PostgreSQL resté de la fois d’avant dans {folder} ne s’arrête pas. Arrêtez ses processus, puis"
            " recommencez."
        ),
        "A PostgreSQL server left in {folder} by an earlier run does not stop. Stop its processes, then try again.",
    ),
    "weak": (
        (
            "Les données ne seraient pas en sécurité : {names}. Mandat ne démarre pas."
            " Tapez, en administrateur de la base :\n{lines}"
        ),
        "The data would not be safe: {names}. Mandat does not start. Type, as the database’s administrator:\n{lines}",
    ),
    "no_owner_url": (
        (
            "DATABASE_URL est donné sans MANDAT_OWNER_DATABASE_URL, l’adresse du rôle qui possède les tables. Voyez"
            " docs/operate/database.md."
        ),
        (
            "DATABASE_URL is given without MANDAT_OWNER_DATABASE_URL, the address of the role that owns the tables. See"
            " docs/operate/database.md."
        ),
    ),
    "step_failed": (
        (
            "L’étape « {step} » a échoué. Son message est ci-dessus. Si cette base date d’une version plus ancienne"
            " de la démonstration : make demo-reset"
        ),
        (
            "The step “{step}” failed. Its message is above. If this database dates from an older version of the"
            " demonstration: make demo-reset"
        ),
    ),
    "not_ready": (
        "Mandat n’est pas prêt après {seconds} secondes : {said}",
        "Mandat is not ready after {seconds} seconds: {said}",
    ),
    # Progress.
    "first_time": (
        "Première fois dans {folder} : la base de données et la démonstration sont créées (moins d’une minute).",
        "First time in {folder}: the database and the demonstration are made (less than a minute).",
    ),
    "cleaned": (
        "Nettoyé ce qu’un arrêt brusque avait laissé ({count} processus).",
        "Cleaned what an abrupt stop had left ({count} processes).",
    ),
    "died": (
        "Le processus « {name} » s’est arrêté (code {code}); il repart dans {seconds} s.",
        "The process “{name}” stopped (code {code}); it starts again in {seconds} s.",
    ),
    "stopping": ("Arrêt en cours…", "Stopping…"),
    "stopped": ("Tout est arrêté.", "Everything is stopped."),
    # Ready.
    "ready": (
        "Mandat est prêt :  {address}",
        "Mandat is ready:  {address}",
    ),
    "totp": (
        "Code de vérification, par nom :  {command} demo totp ra",
        "Verification code, by name:  {command} demo totp ra",
    ),
    "mail": ("Courriels :  {folder}", "Mail:  {folder}"),
    "post": ("Lettres :  {folder}", "Letters:  {folder}"),
    "how_to_stop": ("Ctrl-C arrête tout.", "Ctrl-C stops everything."),
    # Reset.
    "confirm_reset": (
        "Tout ce que contient la démonstration de {folder} sera effacé. Tapez « effacer » pour confirmer : ",
        "Everything in the demonstration of {folder} will be erased. Type “erase” to confirm: ",
    ),
    "kept": ("Rien n’a été effacé.", "Nothing was erased."),
    "erased": ("La démonstration est effacée.", "The demonstration is erased."),
    "not_ours": (
        "La base est celle de DATABASE_URL, que Mandat n’efface pas.",
        "The database is that of DATABASE_URL, which Mandat does not erase.",
    ),
}
#: Either word confirms, whatever the terminal's language.
YES = {"effacer", "erase"}


def speaks_english(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether the terminal asks for English; anything else is answered in French."""
    asked = next(
        (environment[name] for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    return asked.lower().startswith("en")


def words(name: str, /, **values: object) -> str:
    """Return a sentence in the terminal's language."""
    return SENTENCES[name][speaks_english()].format(**values)


def say(name: str, /, *, to: TextIO | None = None, **values: object) -> None:
    """Print a sentence at once."""
    print(words(name, **values), file=to or sys.stdout, flush=True)


class Refused(Exception):
    """The product cannot start; the sentence says why, and what to do."""

    def __init__(self, name: str, **values: object) -> None:
        super().__init__(words(name, **values))
