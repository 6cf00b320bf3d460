"""Every address and every page there is: what the tests of all pages walk over."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from mandat.access.models import Proxy, SecondPersonChange
from mandat.casework.models import VisitReason
from mandat.casework.visits import close_visit, open_visit
from mandat.enterprises.models import Designation, Enterprise
from mandat.filings.models import Filing
from mandat.filings.workflow import State
from mandat.identity.models import Person
from mandat.openid.models import Client
from mandat.platform.clock import legal_day, now
from mandat.web.frame import in_the_other_language
from mandat.web.help.articles import articles
from mandat.web.tests.paper_places import pages_of_papers
from mandat.web.tests.places_of_enrolments import Page, pages_of_enrolments
from mandat.web.tests.places_of_staff import pages_of_departures, pages_of_roles

#: The pages where a person changes how they come in.
WAYS_IN = ("", "cles/nouvelle", "application", "application/retirer", "mot-de-passe")


def pages_of(visitors) -> list[Page]:
    """Return every page to look at, in French: who opens it, its address, its status."""
    firm = f"/d/{visitors.own_firm.public_id}/"
    return [
        *pages_of_filings(visitors.own_firm),
        *pages_of_support(visitors),
        *pages_of_accesses(visitors),
        *pages_of_enrolments(visitors.enrolments),
        *pages_of_handovers(visitors),
        *pages_of_papers(visitors),
        ("nobody", "/", 200),
        ("nobody", "/avant-de-commencer", 200),
        *pages_of_help(),
        ("nobody", "/accessibilite", 200),
        ("nobody", "/design", 200),
        ("nobody", "/vie-privee", 200),
        ("nobody", "/blocs", 200),
        ("nobody", "/entrer", 200),
        ("nobody", "/entrer/mot-de-passe-perdu", 200),
        ("nobody", "/entrer/code-perdu", 200),
        ("nobody", "/entrer/second-facteur-perdu", 200),
        ("nobody", "/entrer/courriel-envoye", 200),
        ("nobody", "/entrer/demande-envoyee", 200),
        ("nobody", "/entrer/preuve/rien", 404),
        ("nobody", "/entrer/mot-de-passe/rien", 404),
        ("nobody", "/rien-ici", 404),
        ("rse", "/", 200),
        ("rse", "/sortir", 200),
        ("rse", "/compte/", 200),
        ("rse", "/compte/codes-de-secours", 200),
        ("rse", "/compte/droits", 200),
        ("accountant", "/compte/clients", 200),
        ("officer", "/compte/clients", 200),
        ("rse", f"{firm}acces/mandataires/", 200),
        ("rse", f"{firm}acces/clients/", 200),
        ("user", "/compte/droits", 200),
        ("officer", "/compte/droits", 200),
        ("rse", f"/compte/droits/{visitors.own_firm.public_id}/quitter", 200),
        ("user", f"/compte/droits/{visitors.own_firm.public_id}/quitter", 200),
        ("ra", f"/compte/droits/{visitors.own_firm.public_id}/quitter", 200),
        ("rse", "/compte/profil", 200),
        ("rse", "/compte/profil/courriel", 200),
        ("rse", "/compte/profil/courriel/envoye", 200),
        ("nobody", "/courriel/confirmer/rien", 200),
        ("nobody", "/courriel/annuler/rien", 200),
        ("rse", "/compte/sessions", 200),
        ("rse", "/compte/sessions/autres/fermer", 200),
        ("rse", "/compte/sessions/toutes/fermer", 200),
        ("rse", "/compte/historique", 200),
        ("rse", "/compte/reprendre", 200),
        ("rse", "/compte/codes-de-secours/nouveaux", 200),
        ("rse", "/entrer/confirmer/code", 200),
        *(("rse", f"/compte/facons-d-entrer/{page}", 200) for page in WAYS_IN),
        ("officer", "/compte/facons-d-entrer/", 200),
        ("accountant", "/compte/facons-d-entrer/", 200),
        ("rse", firm, 200),
        ("ra", firm, 200),
        ("accountant", firm, 200),
        ("stranger", "/compte/", 200),
        ("stranger", firm, 404),
        ("supervisor", "/agence/", 200),
        ("supervisor", "/agence/serveur", 200),
        ("supervisor", "/agence/reference/", 200),
        ("supervisor", "/agence/reference/block", 200),
        *pages_of_services(),
        *pages_of_roles(visitors),
        *pages_of_departures(visitors),
        *pages_of_lost_access(visitors),
        *pages_of_suspensions(visitors),
        *pages_of_causes(visitors.stopped_firm),
        ("officer", "/agence/", 200),
        ("officer", "/agence/serveur", 403),
        ("verifier1", f"/agence/reprises/{Enterprise.objects.get(state='in_recovery').public_id}/", 200),
    ]


def pages_of_lost_access(visitors) -> list[Page]:
    """Return the pages of accesses that are lost, at each step: the person's, the firm's, the desk's."""
    lost, user = visitors.lost, visitors.actors["user"].person
    return [
        ("nobody", lost["password"], 200),
        ("nobody", f"{lost['password']}/second-facteur-perdu", 200),
        ("nobody", f"{lost['password']}/arreter", 200),
        ("nobody", f"{lost['password with a passkey']}/cle", 200),
        ("nobody", lost["factor asked"], 200),
        ("nobody", f"{lost['factor asked']}/arreter", 200),
        ("nobody", lost["factor confirmed"], 200),
        ("nobody", f"{lost['factor confirmed']}/cle", 200),
        ("rse", f"/d/{visitors.own_firm.public_id}/acces/{user.public_id}/identite", 200),
        ("verifier1", lost["desk"], 200),
    ]


def pages_of_suspensions(visitors) -> list[Page]:
    """Return the pages by which a supervisor keeps a person out, or lets them in again."""
    rse, asleep = (f"/agence/personnes/{each.public_id}/" for each in visitors.looked_up())
    return [
        ("supervisor", "/agence/personnes/", 200),
        ("supervisor", rse, 200),
        ("supervisor", f"{rse}suspendre", 200),
        ("supervisor", asleep, 200),
        ("supervisor", f"{asleep}retablir", 200),
    ]


def pages_of_causes(stopped) -> list[Page]:
    """Return the pages of a firm that a register stops: its own, and those of the staff."""
    firm, desk = f"/d/{stopped.public_id}/", f"/agence/causes/{stopped.public_id}/"
    why = urlencode({"right": "administer"})
    person = Designation.objects.get(enterprise=stopped).person.public_id
    return [
        ("rse2", firm, 200),
        ("rse2", f"{firm}acces/", 403),
        ("rse2", f"{firm}acces/{person}/pourquoi?{why}", 200),
        ("supervisor", "/agence/causes/", 200),
        ("supervisor", "/agence/causes/?words=rien-de-tel", 200),
        ("auditor", desk, 200),
        ("supervisor", desk, 200),
        ("supervisor", f"{desk}suspendre", 200),
        ("supervisor", f"{desk}lever", 200),
        ("supervisor", f"{desk}business_register/struck_off/ecarter", 200),
        ("supervisor", f"{desk}business_register/bankrupt/reprendre", 200),
    ]


def pages_of_services() -> list[Page]:
    """Return the pages of services that sign persons in with us: the staff's, a person's, and those on the way."""
    client = Client.objects.order_by("id")[0]
    one, way = f"/agence/clients/{client.public_id}/", asking(client)
    return [
        ("supervisor", "/agence/clients/", 200),
        ("auditor", "/agence/clients/", 200),
        ("supervisor", "/agence/clients/nouveau", 200),
        *(("supervisor", f"{one}{page}", 200) for page in ("", "modifier", "secret", "desactiver", "reactiver")),
        ("rse", "/compte/services", 200),
        ("rse", "/compte/ailleurs", 200),
        ("nobody", "/entrer/retour", 400),
        ("rse", f"/partager?{way}", 200),
        ("accountant", f"/partager?{way}", 200),  # of two firms
        ("rse", "/partager", 400),
        ("rse", f"/quitter?client_id={client.public_id}", 200),
        ("rse", "/quitter?post_logout_redirect_uri=x", 400),
    ]


def asking(client: Client) -> str:
    """Return what a service asks for in order, as it stands in an address."""
    asked = {
        "client_id": client.client_id, "redirect_uri": client.redirect_uris[0], "response_type": "code",
        "scope": " ".join(client.scopes), "code_challenge": "a" * 43, "code_challenge_method": "S256",
    }  # fmt: skip
    return urlencode(asked)


def pages_of_help() -> list[Page]:
    """Return the pages of the help centre: every article, what is found, and what is not."""
    return [
        ("nobody", "/aide", 200),
        ("nobody", "/aide?q=procuration", 200),
        ("nobody", "/aide?q=zzzz", 200),
        *(("nobody", f"/aide/{name}", 200) for name in articles("fr")),
        ("nobody", "/aide/rien-de-tel", 404),
        ("rse", "/aide/rse", 200),
    ]


def pages_of_handovers(visitors) -> list[Page]:
    """Return the pages of handovers: of whoever asks, of whoever was told, of the firm, of the desk."""
    of = {state: f"/releve/{each.public_id}" for state, each in visitors.handovers.items()}
    desk = {state: f"/agence/releves/{each.public_id}/" for state, each in visitors.handovers.items()}
    return [
        ("nobody", "/releve", 200),
        ("nobody", "/releve/retrouver", 200),
        ("nobody", "/avis/rien", 404),
        ("nobody", visitors.notice, 200),
        *(("applicant", each, 200) for each in of.values()),
        *(("applicant", f"{of['draft']}/{page}", 200) for page in ("code", "demande", "relire", "retirer")),
        ("applicant", f"{of['refused']}/retirer", 200),
        ("ra", f"/d/{visitors.own_firm.public_id}/acces/releve", 200),
        ("verifier1", "/agence/releves/", 200),
        ("verifier1", "/agence/releves/?decided=yes", 200),
        *(("verifier1", desk[state], 200) for state in ("asked", "notified", "contested", "hearing", "recommended")),
        ("verifier1", f"{desk['asked']}notify", 200),
        ("verifier1", f"{desk['notified']}approve", 200),
        ("verifier1", f"{desk['contested']}hear", 200),
        ("verifier1", f"{desk['hearing']}recommend", 200),
        ("verifier1", f"{desk['asked']}refuse", 200),
        ("verifier1", f"{desk['asked']}approve", 409),
    ]


def pages_of_accesses(visitors) -> list[Page]:
    """Return the pages about who may act for a firm, and about its registration with the regulator."""
    firm, user = f"/d/{visitors.own_firm.public_id}/", visitors.actors["user"].person
    someone = f"{firm}acces/{user.public_id}/"
    proxy = user.proxies.get(enterprise=visitors.own_firm, block="BF-REP").public_id
    registration = visitors.own_firm.registrations.get().public_id
    return [
        ("rse", f"{firm}acces/", 200),
        ("rse", f"{firm}acces/?name=zzz", 200),
        ("ra", f"{firm}acces/", 200),
        ("accountant", f"{firm}acces/", 403),
        ("rse", f"{firm}acces/terminees", 200),
        ("rse", f"{firm}acces/historique", 200),
        ("ra", f"{firm}acces/historique?name=zzz", 200),
        ("rse", f"{firm}acces/nouvelle-personne", 200),
        ("ra", f"{firm}acces/nouveau-responsable", 200),
        ("ra", f"{firm}acces/nouveau-responsable?person={user.public_id}", 200),
        ("rse", f"{firm}acces/nouveau-responsable", 403),
        ("rse", someone, 200),
        ("rse", f"{someone}accorder", 200),
        ("rse", f"{someone}accorder?until=2020-01-01", 422),
        ("rse", f"{someone}accorder?until={legal_day(now()) + timedelta(days=90)}&BF-FIN=view&BF-FIN=pay", 200),
        ("rse", f"{firm}acces/procurations/{proxy}/revoquer", 200),
        ("rse", f"{firm}acces/procurations/{proxy}/", 200),
        ("ra", f"{firm}acces/procurations/{proxy}/", 200),
        ("rse", f"{firm}acces/procurations/{proxy}/changer", 200),
        ("rse", f"{firm}acces/procurations/{proxy}/suspendre", 200),
        ("rse", f"{firm}acces/procurations/{proxy}/confirmer", 200),
        ("rse", f"{firm}acces/deux-personnes/", 200),
        ("ra", f"{firm}acces/deux-personnes/", 200),
        *pages_of_two_persons(),
        *pages_of_requests(visitors),
        ("rse", f"{firm}services/ajouts", 200),
        ("rse", f"{someone}pourquoi", 200),
        ("rse", f"{someone}pourquoi?right=pay&block=BF-RAD", 200),
        ("rse", f"{someone}pourquoi?right=voler", 422),
        ("user", f"{someone}pourquoi?right=pay&block=BF-REP", 200),
        ("accountant", f"{someone}pourquoi", 403),
        ("officer", "/agence/pourquoi", 200),
        ("officer", "/agence/pourquoi?right=audit", 200),
        ("officer", "/agence/pourquoi?right=voler", 422),
        ("user", f"{someone}pourquoi?right=pay&block=BF-REP", 200),
        ("accountant", f"{someone}pourquoi", 403),
        ("officer", "/agence/pourquoi", 200),
        ("officer", "/agence/pourquoi?right=audit", 200),
        ("officer", "/agence/pourquoi?right=voler", 422),
        ("rse", f"{firm}acces/tableau", 200),
        ("rse", f"{firm}acces/tableau?on=rien", 422),
        ("ra", f"{firm}acces/tableau?right=sign&soon=on", 200),
        ("rse", f"{firm}services/", 200),
        ("ra", f"{firm}services/", 200),
        ("rse", f"{firm}services/blocs", 200),
        ("officer", f"/agence/services/{registration}/", 200),
    ]


def pages_of_requests(visitors) -> list[Page]:
    """Return the pages of the request for rights of the demonstration: of whoever asks, of whoever answers."""
    firm, asked = visitors.own_firm.public_id, visitors.own_firm.rights_requests.get().public_id
    return [
        ("user", f"/compte/droits/{firm}/demander?block=BF-REP&right=pay", 200),
        ("accountant", f"/compte/droits/{firm}/demander", 200),
        ("officer", f"/compte/droits/{firm}/demander", 404),
        ("user", f"/compte/droits/demandes/{asked}/", 200),
        ("accountant", f"/compte/droits/demandes/{asked}/", 404),
        ("rse", f"/d/{firm}/acces/par-fichier", 200),
        ("accountant", f"/d/{firm}/acces/par-fichier", 403),
        ("rse", f"/d/{firm}/acces/demandes/", 200),
        ("ra", f"/d/{firm}/acces/demandes/", 200),
        ("rse", f"/d/{firm}/acces/demandes/{asked}/", 200),
        ("rse", f"/d/{firm}/acces/demandes/{asked}/refuser", 200),
    ]


def pages_of_two_persons() -> list[Page]:
    """Return the pages of the firm of the demonstration where two persons answer for some proxies."""
    change = SecondPersonChange.objects.select_related("enterprise").get(state="asked")
    proxy = Proxy.objects.get(enterprise=change.enterprise, needs_second=True, confirmed_at=None).public_id
    firm = f"/d/{change.enterprise.public_id}/"
    second = Person.objects.get(links__login__email="rse2@demo.test").public_id
    return [
        ("rse2", firm, 200),
        ("rse", firm, 200),
        ("rse", f"{firm}acces/{second}/fin-de-responsabilite", 200),
        ("ra", f"{firm}acces/{second}/fin-de-responsabilite", 200),
        ("rse2", f"{firm}acces/deux-personnes/", 200),
        ("rse", f"{firm}acces/deux-personnes/{change.public_id}/confirmer", 200),
        *(("rse2", f"{firm}acces/deux-personnes/{change.public_id}/{act}", 200) for act in ("confirmer", "ecarter")),
        ("rse2", f"{firm}acces/procurations/{proxy}/confirmer", 200),
    ]


def pages_of_support(visitors) -> list[Page]:
    """Return the pages of the support desk, one visit open and one closed; and what the firm sees of them."""
    verifier, firm = visitors.actors["verifier1"], visitors.own_firm
    open_one, closed = (
        open_visit(enterprise=firm, reason=VisitReason.CALL, ticket=ticket, by=verifier).public_id
        for ticket in ("APPEL-1", "APPEL-2")
    )
    close_visit(visit=closed, by=verifier)
    return [
        ("verifier1", "/agence/soutien/", 200),
        ("verifier1", "/agence/soutien/?words=anse", 200),
        ("verifier1", "/agence/soutien/?words=zzzz", 200),
        ("verifier1", f"/agence/soutien/firmes/{firm.public_id}", 200),
        ("verifier1", f"/agence/soutien/{open_one}/", 200),
        ("verifier1", f"/agence/soutien/{closed}/", 410),
        ("rse", f"/d/{firm.public_id}/acces/consultations", 200),
    ]


def pages_of_filings(firm: Enterprise) -> list[Page]:
    """Return the pages of a firm's filings, in the states that the demonstration has them in."""
    filings = {each.state: each for each in filings_of_firm(firm.public_id)}
    of = {state: f"/d/{firm.public_id}/demandes/{each.public_id}" for state, each in filings.items()}
    desk = {state: f"/agence/demandes/{each.public_id}" for state, each in filings.items()}
    draft, waiting, returned, examined = (
        State.DRAFT, State.SUBMITTED, State.RETURNED, State.UNDER_REVIEW,
    )  # fmt: skip
    receipt = filings[waiting].submissions.get().public_id
    letter = filings[examined].documents.get().public_id
    return [
        ("rse", f"/d/{firm.public_id}/dossier", 200),
        ("accountant", f"/d/{firm.public_id}/dossier", 403),
        ("rse", f"/d/{firm.public_id}/demandes", 200),
        ("ra", f"/d/{firm.public_id}/demandes", 200),
        ("rse", f"/d/{firm.public_id}/demandes/nouvelle/REP-RETRAIT", 200),
        ("rse", f"{of[draft]}/acces", 200),
        ("rse", f"{of[draft]}/acces?until=2020-01-01", 422),
        *(("rse", f"{of[state]}/", 200) for state in (draft, waiting, returned, examined)),
        ("accountant", f"{of[waiting]}/", 403),
        ("rse", f"{of[draft]}/etapes/cessation", 200),
        ("rse", f"{of[draft]}/etapes/declaration", 200),
        ("rse", f"{of[returned]}/etapes/clients", 200),
        ("rse", f"{of[draft]}/documents", 200),
        ("rse", f"{of[draft]}/relire", 200),
        ("rse", f"{of[returned]}/relire", 200),
        ("rse", f"{of[draft]}/retirer", 200),
        ("rse", f"{of[waiting]}/retirer", 200),
        ("rse", f"{of[waiting]}/recus/{receipt}", 200),
        ("officer", "/agence/dossiers", 200),
        ("officer", "/agence/dossiers?whose=mine", 200),
        *(("officer", f"{desk[state]}/", 200) for state in (waiting, returned, examined)),
        ("officer", f"{desk[draft]}/", 404),
        ("officer", f"{desk[examined]}/documents/{letter}", 200),
        *(("officer", f"{desk[examined]}/{act}", 200) for act in ("accepter", "refuser", "rendre")),
        ("officer", "/agence/registre", 200),
        ("officer", "/agence/registre?words=zzzz", 200),
        ("officer", f"/agence/registre/{filings[waiting].registrant.public_id}", 200),
    ]


def filings_of_firm(firm: UUID) -> list[Filing]:
    """Return the filings of a firm."""
    of_the_firm = Filing.objects.filter(registrant__service_registration__enterprise__public_id=firm)
    return list(of_the_firm.select_related("registrant").order_by("id"))


def in_both_languages(pages: Iterable[Page]) -> Iterator[Page]:
    """Yield each page twice: in French, then in English."""
    for who, address, status in pages:
        yield who, address, status
        yield who, in_the_other_language(address), status
