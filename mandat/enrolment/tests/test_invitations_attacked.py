"""IN-1 to IN-4: an invitation under parallel hands, guessed, in the wrong hands, and when what it stood for is over."""

import itertools
import secrets
from fractions import Fraction
from functools import partial

import pytest
from django.test import Client

from mandat.access.tests.factories import DesignationFactory, EnterpriseFactory, actor
from mandat.access.tests.parallel import Worker, together
from mandat.enrolment import codes
from mandat.enrolment.commands import activate, cancel_invitation, decline_invitation, reissue_invitation
from mandat.enrolment.errors import EmailOfAnother, InvitationUnusable, WrongSecondPart
from mandat.enrolment.models import Invitation
from mandat.enrolment.tests.test_invitations import PASSWORD, letter_to, link_to, make_user
from mandat.enrolment.tests.world import World
from mandat.enterprises.models import Designation, Enterprise, User
from mandat.identity import user_code
from mandat.identity.models import Login
from mandat.platform.clock import now
from mandat.web.tests.conftest import browser_of

#: What a guess at a second part may hit: signs of a letter's code; a user code of which every sign is unknown.
BY_LETTER = len(codes.SIGNS) ** (codes.LETTER_GROUPS * codes.GROUP)
BY_CODE = len(user_code.LETTERS) ** user_code.LETTER_COUNT * len(user_code.SIGNS) ** user_code.SIGN_COUNT


def invited(number=0):
    """Return a user code's invitation: its token, its second part, its login."""
    firm = EnterpriseFactory()
    email = f"etienne-{number}-{secrets.token_hex(4)}@demo.test"
    made = make_user(firm, actor(DesignationFactory(enterprise=firm).person), email=email)
    return link_to(email), made.login.user_code, made.login


@pytest.fixture
def workers(transactional_db, drill):
    hands = [Worker() for _ in range(drill.size(8, full=100))]
    yield hands
    for each in hands:
        each.close()


@pytest.mark.drill("IN-1")
def test_an_invitation_is_activated_once_under_parallel_hands(workers, drill):
    for number in range(drill.size(3, full=200)):
        token, second, _ = invited(number)
        accept = partial(activate, token=token, second=second, password=PASSWORD)
        answers = together(*((each, accept) for each in workers))
        assert sum(isinstance(each, Invitation) for each in answers) == 1
        assert sum(isinstance(each, InvitationUnusable) for each in answers) == len(workers) - 1


@pytest.mark.drill("IN-2")
def test_all_the_guesses_let_through_hit_less_than_once_in_a_million(workers, drill):
    """In parallel, over the whole life of the code: what is let through, times the chance of each, and every renewal."""
    token, second, login = invited()
    guesses = drill.size(200, full=10_000)

    def guess():
        let_through = 0
        for _ in range(guesses // len(workers)):
            try:
                activate(token=token, second=user_code.draw(), password=PASSWORD)
            except WrongSecondPart:
                let_through += 1
            except InvitationUnusable:
                continue
        return let_through

    let_through = sum(together(*((each, guess) for each in workers)))
    assert let_through == 5
    chance = max(Fraction(let_through, BY_LETTER), Fraction(let_through, BY_CODE))
    drill.figure("chance", float(chance))
    assert chance <= Fraction(1, 1_000_000)
    assert not Login.objects.get(pk=login.pk).has_usable_password()
    with pytest.raises(InvitationUnusable):
        activate(token=token, second=second, password=PASSWORD)


# IN-3: the wrong person


@pytest.mark.django_db
def test_a_code_of_one_opens_nothing_of_another():
    (first, first_code, _), (second, second_code, _) = invited(1), invited(2)
    for token, code in ((first, second_code), (second, first_code)):
        with pytest.raises(WrongSecondPart):
            activate(token=token, second=code, password=PASSWORD)


@pytest.mark.django_db
def test_whoever_is_signed_in_as_another_never_takes_the_invitation_as_theirs():
    """The link of A opened in the browser of B: B is signed out, and the password is A’s alone."""
    token, second, login = invited()
    other = actor()
    browser = browser_of(other)
    assert str(login.links.get().person) in browser.get(f"/activer/{token}").content.decode()
    answer = browser.post(f"/activer/{token}", {"second": second, "password": PASSWORD, "again": PASSWORD})
    assert answer["Location"] == "/entrer/second-facteur"
    assert browser.get("/compte/").status_code == 302
    assert Login.objects.get(pk=login.pk).check_password(PASSWORD)
    assert not Login.objects.get(pk=other.login.pk).check_password(PASSWORD)
    assert login.links.get().person != other.person


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["ETIENNE@demo.test", " etienne@DEMO.test "])
def test_an_address_however_it_is_written_names_one_login(typed):
    firm = EnterpriseFactory()
    rse = actor(DesignationFactory(enterprise=firm).person)
    make_user(firm, rse)
    other = EnterpriseFactory()
    made = make_user(other, actor(DesignationFactory(enterprise=other).person), email=typed)
    assert Login.objects.get(email="etienne@demo.test") == made.login
    with pytest.raises(EmailOfAnother):
        make_user(other, actor(DesignationFactory(enterprise=other).person), email=typed, given_name="Paul")


@pytest.mark.django_db
def test_a_forwarded_link_is_worth_nothing_without_the_code():
    token, _, login = invited()
    thief = Client()
    for guess in itertools.islice(iter(user_code.draw, None), 6):
        thief.post(f"/activer/{token}", {"second": guess, "password": PASSWORD, "again": PASSWORD})
    assert not Login.objects.get(pk=login.pk).has_usable_password()


# IN-4: what it stood for is over


@pytest.fixture
def firm(db):
    return EnterpriseFactory()


@pytest.fixture
def rse(firm):
    return actor(DesignationFactory(enterprise=firm).person)


@pytest.mark.parametrize(
    "what",
    ["expired", "cancelled", "declined", "issued again", "rse removed", "rse suspended", "place ended", "closed"],
)
def test_an_invitation_falls_with_what_it_stood_for(firm, rse, what):
    made = make_user(firm, rse)
    token = link_to("etienne@demo.test")
    if what == "expired":
        Invitation.objects.update(expires_at=now())
    elif what == "cancelled":
        cancel_invitation(invitation_id=made.invitation.public_id, by=rse)
    elif what == "declined":
        decline_invitation(token=token)
    elif what == "issued again":
        reissue_invitation(invitation_id=made.invitation.public_id, by=rse)
    elif what == "closed":
        Enterprise.objects.filter(pk=firm.pk).update(state="closed")
    elif what == "rse suspended":
        type(rse.person).objects.filter(pk=rse.person.pk).update(state="suspended")
    else:
        kind, who = (Designation, rse.person) if what == "rse removed" else (User, made.user.person)
        kind.objects.get(enterprise=firm, person=who).revoke(at=now(), under={}, reason="Départ")
    with pytest.raises(InvitationUnusable):
        activate(token=token, second=made.login.user_code, password=PASSWORD)
    answer = Client().post(f"/activer/{token}", {"second": "x", "password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 410
    assert not Login.objects.get(pk=made.login.pk).has_usable_password()


def test_another_rse_takes_over_the_invitation_of_one_who_left(firm, rse):
    made = make_user(firm, rse)
    Designation.objects.get(person=rse.person).revoke(at=now(), under={}, reason="Départ")
    reissue_invitation(invitation_id=made.invitation.public_id, by=actor(DesignationFactory(enterprise=firm).person))
    activate(token=link_to("etienne@demo.test"), second=made.login.user_code, password=PASSWORD)


# On the pages


def test_the_ra_renews_and_cancels_the_invitation_of_an_rse_and_the_rse_that_of_a_user(firm, rse):
    enrolment = World().approved()
    ra = browser_of(actor(DesignationFactory(enterprise=enrolment.enterprise, as_ra=True).person))
    letter = Invitation.objects.get(login__email="malik@demo.test")
    page = f"/d/{enrolment.enterprise.public_id}/acces/{letter.person.public_id}/"
    assert "Envoyer un nouveau lien" in ra.get(page).content.decode()
    assert "Malik" in ra.get(f"/d/{enrolment.enterprise.public_id}/acces/").content.decode()
    old = letter_to("Malik")
    assert ra.post(f"{page}invitation").status_code == 302
    assert letter_to("Malik") != old
    assert ra.post(f"{page}invitation/annuler").status_code == 302
    assert not Invitation.objects.filter(login__email="malik@demo.test", state="pending").exists()
    made = make_user(firm, rse)
    mine = f"/d/{firm.public_id}/acces/{made.user.person.public_id}/invitation"
    by_the_ra = browser_of(actor(DesignationFactory(enterprise=firm, as_ra=True).person))
    assert by_the_ra.post(mine).status_code == 404
    assert browser_of(rse).post(f"{mine}/annuler").status_code == 302


def test_whoever_is_invited_declines(firm, rse):
    made = make_user(firm, rse)
    address = f"/activer/{link_to('etienne@demo.test')}"
    assert "decliner" in Client().get(address).content.decode()
    assert Client().get(f"{address}/decliner").status_code == 200
    assert "C’est décliné" in Client().post(f"{address}/decliner").content.decode()
    assert "Vous avez décliné" in Client().get(address).content.decode()
    assert Invitation.objects.get(pk=made.invitation.pk).state == "declined"
