"""The RA names who is in charge, one more or in the place of another; the effects are read first."""

import uuid

import pytest

from mandat.access.queries import effective_rses
from mandat.access.tests.factories import DesignationFactory, LoginFactory, PersonFactory, UserFactory, actor
from mandat.access.tests.parallel import Worker, together
from mandat.enrolment.changing import tell_of_naming
from mandat.enrolment.commands.naming import name_rse
from mandat.enrolment.events import RSENamed
from mandat.enrolment.models import Invitation
from mandat.enrolment.reading import Named
from mandat.enterprises.models import Designation
from mandat.platform.clock import now
from mandat.platform.models import EventRow, Letter, Mail
from mandat.web.firm.tests.house import House, text

NAMED = {
    "given_name": "Maude", "family_name": "Thériault", "email": "maude@demo.test", "language": "fr",
    "street": "8, rue du Quai", "city": "Rimouski", "province": "Québec, Canada", "postal_code": "G5L 9Z9",
}  # fmt: skip


@pytest.fixture
def house(db):
    return House()


def sent(house, **said):
    """Send the form as the RA, and confirm what it says."""
    typed = {**NAMED, "key": str(uuid.uuid4()), **said}
    return house.at_ra.post(house.page("acces/nouveau-responsable"), {**typed, "confirmed": "yes"})


def rses(house):
    return {str(each) for each in effective_rses(house.firm, now())}


def test_the_ra_names_one_more_who_is_invited_by_a_link_and_a_letter(house):
    shown = text(house.at_ra.post(house.page("acces/nouveau-responsable"), {**NAMED, "key": str(uuid.uuid4())}))
    assert "Désigner maintenant" in shown
    assert effective_rses(house.firm, now()).count() == 1  # nothing is done before the page of effects is confirmed
    assert sent(house).status_code == 302
    assert rses(house) == {str(house.rse.person), "Maude Thériault"}
    assert "/activer/" in Mail.objects.get(to="maude@demo.test").text
    assert Letter.objects.get().recipient.splitlines()[1] == "8, rue du Quai"
    code = Invitation.objects.get().login.user_code
    told = Mail.objects.get(to=house.ra.login.email).text
    assert code in told.replace(" ", "").replace("-", "")
    assert "/activer/" not in told


def test_the_ra_replaces_one_by_another_in_one_act_having_read_what_rests_on_them(house):
    former = Designation.objects.get(enterprise=house.firm, role="RSE")
    said = {"replaces": str(former.public_id), "cause": "leaves"}
    shown = text(house.at_ra.post(house.page("acces/nouveau-responsable"), {**NAMED, **said, "key": str(uuid.uuid4())}))
    assert "Ce qui en dépend" in shown
    assert sent(house, **said).status_code == 302
    assert rses(house) == {"Maude Thériault"}
    former.refresh_from_db()
    assert former.revocation_reason == "Quitte la firme"
    assert house.at_rse.get(house.page("acces/")).status_code == 404  # the former's rights ended at once


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"replaces": "RSE"}, "Dites pourquoi"),
        ({"email": "maude"}, "n’est pas complète"),
        ({"given_name": ""}, "Remplissez ce champ"),
    ],
)
def test_what_is_missing_is_said_at_the_field_and_nothing_typed_is_lost(house, said, field):
    if said.get("replaces"):
        said = {"replaces": str(Designation.objects.get(enterprise=house.firm, role="RSE").public_id)}
    shown = text(sent(house, **said), status=422)
    assert field in shown
    assert "Thériault" in shown
    assert effective_rses(house.firm, now()).count() == 1


def test_somebody_of_another_name_at_that_address_stops_the_act_and_nobody_is_ended(house):
    LoginFactory(email="maude@demo.test", person=PersonFactory(given_name="Paul", family_name="Huard"))
    former = Designation.objects.get(enterprise=house.firm, role="RSE")
    shown = text(sent(house, replaces=str(former.public_id), cause="dies"), status=422)
    assert "personne d’un autre nom" in shown
    assert rses(house) == {str(house.rse.person)}


def test_somebody_in_charge_already_is_not_named_twice(house):
    sent(house)
    assert "déjà responsable" in text(sent(house), status=422)


def test_the_same_click_twice_names_once(house):
    key = str(uuid.uuid4())
    assert sent(house, key=key)["Location"] == sent(house, key=key)["Location"]
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("who", ["at_rse", "at_user"])
def test_nobody_but_the_ra_names_who_is_in_charge(house, who):
    answer = getattr(house, who).get(house.page("acces/nouveau-responsable"))
    assert answer.status_code in {403, 404}


def test_an_rse_of_another_firm_cannot_be_replaced_from_here(house):
    other = DesignationFactory()
    assert "n’est plus responsable" in text(sent(house, replaces=str(other.public_id), cause="dies"), status=422)
    other.refresh_from_db()
    assert other.revoked_at is None


def test_a_user_of_the_firm_is_named_without_typing_their_name_again(house):
    user = actor(PersonFactory(given_name="Odile", family_name="Roy"))
    UserFactory(enterprise=house.firm, person=user.person)
    shown = text(house.at_ra.get(house.page(f"acces/nouveau-responsable?person={user.person.public_id}")))
    assert user.login.email in shown
    assert text(house.at_ra.get(house.page("acces/nouveau-responsable?person=rien")))


def test_those_who_stand_for_the_firm_are_told_of_who_is_named(house):
    sent(house)
    tell_of_naming(RSENamed(**EventRow.objects.filter(name="RSENamed").latest("id").body))
    told = Mail.objects.filter(text__contains="procuration générale")
    assert {each.to for each in told} == {house.rse.login.email, house.ra.login.email}


@pytest.fixture
def workers(transactional_db):
    hands = [Worker(), Worker()]
    yield hands
    for each in hands:
        each.close()


def test_two_ras_who_replace_the_only_one_at_once_leave_somebody_in_charge(workers):
    house = House()
    first = Designation.objects.get(enterprise=house.firm, role="RSE")
    other = actor(DesignationFactory(enterprise=house.firm, as_ra=True).person)

    def replacing(by, name):
        named = Named(name, "Nouveau", f"{name.lower()}@demo.test", "fr")
        return lambda: name_rse(
            key=uuid.uuid4(), enterprise=house.firm, named=named, address=[name, "1, rue Une"],
            replaces=first.public_id, reason="", by=by,
        )  # fmt: skip

    outcomes = together((workers[0], replacing(house.ra, "Ada")), (workers[1], replacing(other, "Leo")))
    assert sorted(type(each).__name__ for each in outcomes) == ["AlreadyRevoked", "Designation"]
    assert effective_rses(house.firm, now()).count() == 1
