"""Who may act, on the RSE's pages: shown, granted after a preview, revoked knowing what depends on it."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mandat.access.decision import decide
from mandat.access.models import Proxy
from mandat.access.rights import Right
from mandat.access.tests.factories import PersonFactory, ProxyFactory, UserFactory
from mandat.enrolment.models import Invitation
from mandat.enterprises.models import User
from mandat.identity import user_code
from mandat.platform.clock import end_of, now
from mandat.web.firm.tests.house import House, text

pytestmark = pytest.mark.django_db
QUESTIONS = 12  # of the list, sign-in and gate included, however long the list


@pytest.fixture
def house():
    return House()


def grant(house, **changes):
    """Post what the preview posts."""
    asked = {"key": uuid.uuid4(), "BF-REP": ["prepare", "sign"], "until": house.until.isoformat()}
    return house.at_rse.post(house.page_of(house.user, "accorder"), asked | changes)


def may(house, right, block="BF-REP"):
    return bool(decide(house.user.person, right, house.firm, block, now()))


def new_user(house, **changes):
    asked = {
        "key": uuid.uuid4(), "given_name": "Mélodie", "family_name": "Bérubé", "email": "melodie@demo.test",
        "place": "outside", "language": "fr",
    }  # fmt: skip
    return house.at_rse.post(house.page("acces/nouvelle-personne"), asked | changes)


# Shown


def test_those_in_charge_and_the_users_are_listed_with_what_they_may_do(house):
    house.give(rights=[Right.VIEW, Right.SIGN])
    shown = text(house.at_rse.get(house.page("acces/")))
    assert str(house.ra.person) in shown
    assert "Étienne Gagnon-Roy" in shown
    assert "consulter, signer" in shown


def test_the_ra_sees_the_people_and_changes_nothing(house):
    proxy = house.give()
    assert "Ajouter une personne" not in text(house.at_ra.get(house.page("acces/")))
    assert "Révoquer" not in text(house.at_ra.get(house.page_of(house.user)))
    assert house.at_ra.get(house.page("acces/nouvelle-personne")).status_code == 403
    assert house.at_ra.post(house.page(f"acces/procurations/{proxy.public_id}/revoquer")).status_code == 403


def test_a_user_is_refused_and_told_who_can_help(house):
    house.give()
    refused = text(house.at_user.get(house.page("acces/")), 403)
    assert "Il faut être responsable des services électroniques" in refused
    assert str(house.ra.person) in refused


def test_a_proxy_in_a_block_that_the_firm_left_is_said_to_be_without_effect(house):
    house.give()
    house.registration.accepted_blocks = ["BF-FIN"]
    house.registration.save()
    assert "sans effet" in text(house.at_rse.get(house.page("acces/")))


def test_people_are_found_by_a_part_of_their_name_whatever_its_accents(house):
    UserFactory(enterprise=house.firm, person=PersonFactory(given_name="Zoé", family_name="Île-Dieu"))
    shown = text(house.at_rse.get(house.page("acces/"), {"name": "ile d"}))
    assert "Zoé Île-Dieu" not in shown
    shown = text(house.at_rse.get(house.page("acces/"), {"name": "ILE-D"}))
    assert "Zoé Île-Dieu" in shown
    assert "Étienne" not in shown
    assert "Personne de ce nom" in text(house.at_rse.get(house.page("acces/"), {"name": "Xyz"}))


def test_a_long_list_asks_the_database_no_more_than_a_short_one(house):
    house.give()
    questions(house)  # what is read once for all pages is read
    short = questions(house)
    assert short <= QUESTIONS
    people = PersonFactory.create_batch(120)
    during = ProxyFactory.build(enterprise=None, provider=None, person=None).during
    under = {"person": str(house.rse.person.public_id)}
    User.objects.bulk_create(
        User(enterprise=house.firm, person=each, during=during, granted_under=under) for each in people
    )
    Proxy.objects.bulk_create(
        Proxy(
            enterprise=house.firm, provider=house.registration.provider, person=each, block=f"BF-{n}",
            rights=["view"], during=during, granted_under=under,
        )
        for each in people for n in range(17)
    )  # fmt: skip
    assert questions(house) == short
    assert "Page 1 de 3" in text(house.at_rse.get(house.page("acces/")))


def questions(house):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        house.at_rse.get(house.page("acces/"))
    return len(asked)


def test_what_is_over_stands_apart_with_how_it_ended(house):
    proxy = house.give()
    house.at_rse.post(house.page(f"acces/procurations/{proxy.public_id}/revoquer"), {"reason": "Elle part."})
    ProxyFactory(enterprise=house.firm, person=house.user.person, block="BF-FIN", ended=True)
    for place in (house.page("acces/terminees"), house.page_of(house.user)):
        shown = text(house.at_rse.get(place))
        assert "Elle part." in shown
        assert f"par {house.rse.person}" in shown
        assert "À son terme" in shown


# Granted


def test_the_preview_says_what_it_allows_and_gives_nothing(house):
    asked = {"BF-REP": ["prepare", "sign"], "until": house.until.isoformat()}
    shown = text(house.at_rse.get(house.page_of(house.user, "accorder"), asked))
    assert "Rien n’est encore accordé" in shown
    assert "Cela engage la firme." in shown
    assert "Gestion des représentants" in shown
    assert not Proxy.objects.exists()


def test_what_was_typed_is_there_again_to_be_changed(house):
    asked = {"BF-REP": ["sign"], "until": house.until.isoformat(), "edit": 1}
    shown = text(house.at_rse.get(house.page_of(house.user, "accorder"), asked))
    assert f'value="{house.until.isoformat()}"' in shown
    assert re.search(r'name="BF-REP" value="sign"[^>]* checked', shown)


def test_granting_gives_the_rights_until_the_day_included_and_viewing_with_them(house):
    answer = grant(house)
    assert answer.headers["Location"] == house.page_of(house.user)
    assert (may(house, Right.VIEW), may(house, Right.SIGN), may(house, Right.PAY)) == (True, True, False)
    assert Proxy.objects.get().during.upper == end_of(house.until)


def test_several_blocks_are_given_by_one_gesture(house):
    grant(house, **{"BF-FIN": ["view", "pay"]})
    assert set(Proxy.objects.values_list("block", flat=True)) == {"BF-REP", "BF-FIN"}


def test_a_double_click_grants_once(house):
    key = uuid.uuid4()
    assert [grant(house, key=key).status_code for _ in range(2)] == [302, 302]
    assert Proxy.objects.count() == 1


def test_a_second_tab_finds_the_block_already_given(house):
    grant(house)
    assert "Voyez ce qui reste à donner" in text(grant(house, **{"BF-FIN": ["view"]}), 422)
    assert Proxy.objects.get().block == "BF-REP"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"BF-REP": []}, "Cochez au moins un droit"),
        ({"until": ""}, "Indiquez le dernier jour"),
        ({"until": "31 mars"}, "Cette date n’existe pas"),
        ({"until": "2020-01-01"}, "Ce jour est passé"),
        ({"until": "2099-01-01"}, "C’est trop loin"),
        ({"BF-REP": ["administer"]}, "BF-REP"),
        ({"BF-LUNE": ["view"], "BF-REP": []}, "Cochez au moins un droit"),
    ],
)
def test_what_cannot_be_given_is_said_at_its_field_and_nothing_is_given(house, asked, said):
    assert said in text(grant(house, **asked), 422)
    assert not Proxy.objects.exists()


def test_nobody_gives_to_themselves_to_strangers_or_in_another_firm(house):
    UserFactory(enterprise=house.firm, person=house.rse.person)
    other = House()
    for address in (
        house.page_of(house.rse, "accorder"),
        house.page_of(other.user, "accorder"),
        other.page_of(house.user, "accorder"),
        other.page_of(other.user, "accorder"),
    ):
        assert house.at_rse.get(address).status_code == 404
        assert (
            house.at_rse.post(address, {"key": uuid.uuid4(), "BF-REP": "view", "until": "2027-01-01"}).status_code
            == 404
        )


def test_a_form_without_its_key_is_a_400(house):
    assert grant(house, key="").status_code == 400


# Revoked


def test_the_confirmation_says_what_depends_on_it_and_changes_nothing(house):
    proxy = house.give(rights=[Right.VIEW, Right.PREPARE, Right.SIGN])
    shown = text(house.at_rse.get(house.page(f"acces/procurations/{proxy.public_id}/revoquer")))
    assert "Qui pourra encore signer dans ce bloc" in shown
    assert str(house.rse.person) in shown
    assert may(house, Right.SIGN)


def test_a_revocation_holds_from_the_next_click(house):
    proxy = house.give(block="BF-DOSSIER")
    assert house.at_user.get(house.page("dossier")).status_code == 200
    house.at_rse.post(house.page(f"acces/procurations/{proxy.public_id}/revoquer"), {"reason": "Elle part."})
    assert house.at_user.get(house.page("dossier")).status_code == 404  # nothing is left: the firm itself is gone
    proxy.refresh_from_db()
    assert proxy.revocation_reason == "Elle part."


def test_another_block_s_page_is_refused_by_its_name_with_who_can_help(house):
    house.give(block="BF-REP")
    refused = text(house.at_user.get(house.page("dossier")), 403)
    assert "Dossier client et suivi" in refused
    assert str(house.rse.person) in refused


def test_revoking_twice_is_said_and_harmless(house):
    proxy = house.give()
    address = house.page(f"acces/procurations/{proxy.public_id}/revoquer")
    house.at_rse.post(address, {"reason": "Une"})
    assert house.at_rse.get(address).status_code == 302
    assert "était déjà révoquée" in text(house.at_rse.post(address, {"reason": "Deux"}, follow=True))
    proxy.refresh_from_db()
    assert proxy.revocation_reason == "Une"


def test_a_proxy_of_another_firm_is_not_here(house):
    theirs = ProxyFactory()
    assert house.at_rse.get(house.page(f"acces/procurations/{theirs.public_id}/revoquer")).status_code == 404
    assert house.at_rse.post(house.page(f"acces/procurations/{theirs.public_id}/revoquer")).status_code == 404
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


# A new user


def test_a_new_user_gets_a_link_and_the_rse_their_code(house):
    answer = new_user(house)
    invitation = Invitation.objects.get()
    shown = text(house.at_rse.get(answer.headers["Location"]))
    assert user_code.grouped(invitation.login.user_code) in shown
    assert "melodie@demo.test" in shown
    assert User.objects.get(person=invitation.person).is_external
    assert user_code.grouped(invitation.login.user_code) not in text(house.at_ra.get(answer.headers["Location"]))


def test_a_new_link_replaces_the_former(house):
    person = new_user(house).headers["Location"]
    former = Invitation.objects.get()
    house.at_rse.post(f"{person}invitation")
    former.refresh_from_db()
    assert former.state == "replaced"
    assert Invitation.objects.filter(state="pending").count() == 1


def test_a_double_click_makes_one_user(house):
    key = uuid.uuid4()
    assert len({new_user(house, key=key).headers["Location"] for _ in range(2)}) == 1
    assert User.objects.filter(enterprise=house.firm).count() == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"given_name": ""}, "Indiquez le prénom"),
        ({"email": "melodie"}, "Cette adresse n’est pas complète"),
        ({"place": ""}, "Dites si la personne travaille"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(house, typed, said):
    shown = text(new_user(house, **typed), 422)
    assert said in shown
    assert "Bérubé" in shown
    assert not Invitation.objects.exists()


def test_an_address_of_another_name_and_a_user_already_there_are_refused_at_the_field(house):
    new_user(house)
    assert "d’un autre nom" in text(new_user(house, given_name="Paul"), 422)
    assert "déjà parmi les utilisateurs" in text(new_user(house), 422)


def test_no_page_of_accesses_writes_when_it_is_only_opened(house):
    proxy = house.give()
    before = (Proxy.objects.count(), User.objects.count())
    for place in (
        "acces/",
        "acces/terminees",
        "acces/nouvelle-personne",
        f"acces/procurations/{proxy.public_id}/revoquer",
    ):
        text(house.at_rse.get(house.page(place)))
    assert (Proxy.objects.count(), User.objects.count()) == before
