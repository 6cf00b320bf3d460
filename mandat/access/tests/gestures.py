"""
What may happen in a life: the gestures of firms, of the regulator and of time, drawn by dice that know the life.

Each gesture is tried on the product, and expected to be done or refused as the oracle's drawer says. One made with the
wrong hand (`by` anybody) is as good as one made with the right hand: the refusal is compared too.
"""

import re
import uuid
from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access import commands
from mandat.access.commands.leaving import leave_enterprise
from mandat.access.commands.recovery import keep_recoveries
from mandat.access.decision import Right
from mandat.access.tests.factories import UNDER
from mandat.access.tests.outside import carry_over, lent_by, papers_under, some_rights
from mandat.access.tests.registers import a_register_speaks
from mandat.access.tests.told import BLOCKS, DAY, FIRMS, INSTANT, PEOPLE, THINGS, THINGS_IN, WIDENED
from mandat.enrolment.commands.invitations import activate, decline_invitation
from mandat.enrolment.commands.users import create_user
from mandat.enrolment.errors import InvitationUnusable
from mandat.enterprises.models import Enterprise, ServiceProvider, ServiceRegistration
from mandat.identity.commands import restore_person, suspend_person
from mandat.platform.clock import end_of, legal_day
from mandat.platform.models import Mail

NEWCOMER = PEOPLE[-1]
RegistrationMove = ServiceRegistration.Move


# Proxies


def give(life, dice):
    firm, to, block = dice.choice(FIRMS), dice.choice(PEOPLE), dice.choice(BLOCKS[:5] * 3 + BLOCKS[5:])
    by = someone_for(life, dice, "named RSE", firm)
    words = some_rights(dice)
    thing = dice.choice(["", "", *THINGS_IN.get(block, ())])
    since = life.at + dice.choice([0, 0, 0, 0, 1, 5]) * DAY
    until = since + dice.choice([timedelta(hours=1), DAY, 3 * DAY, 10 * DAY, 40 * DAY, 300 * DAY])
    said = Like(firm=firm, person=to, block=block, thing=thing)
    expected = (
        by != to and to in life.users[firm] and life.may_give(by, said, words) and not life.twins(said, since, until)
    )
    proxy = life.try_to(
        commands.grant_proxy, expected=expected, key=uuid.uuid4(), registration=life.registrations[firm],
        person=life.world.people[to], block=block, rights=[Right(each) for each in words],
        during=DateTimeTZRange(since, until), subject=THINGS.get(thing), by=life.world.actors[by],
    )  # fmt: skip
    if proxy:
        life.keep(
            proxy, "given", firm=firm, person=to, block=block, thing=thing, words=words, since=since, until=until,
            is_unseen=bool(words & life.two[firm]),
        )  # fmt: skip
        life.givers[life.told[-1].key] = by


class Like:
    """What would be said of a paper, before it is made."""

    key = ""

    def __init__(self, **said):
        self.__dict__.update(said)


def ask_for_two(life, dice):
    firm, rights = dice.choice(FIRMS), dice.choice([[], ["sign"], ["view"], ["pay", "sign"]])
    Enterprise.objects.filter(pk=life.world.firms[firm].pk).update(second_person_for=rights)
    life.two[firm] = frozenset(rights)
    life.registrations[firm] = ServiceRegistration.objects.get(pk=life.registrations[firm].pk)


def narrow(life, dice):
    if not (said := a_paper(life, dice, "given")):
        return
    by, words = someone_for(life, dice, "named RSE", said.firm), some_rights(dice)
    if dice.random() < 0.7:
        words = frozenset(dice.sample(sorted(said.words), dice.randint(1, len(said.words))))
    until = legal_day(dice.choice([said.until - DAY, life.at + dice.randint(0, 9) * DAY]))
    end, start = end_of(until), max(said.since, life.at)
    expected = (
        life.is_in_charge(by, said) and life.stands(said.key) and words <= said.words and end <= said.until
        and (words < said.words or end < said.until) and end > start
    )  # fmt: skip
    made = life.try_to(
        commands.narrow_proxy, expected=expected, key=uuid.uuid4(), proxy_id=life.papers[said.key], until=until,
        reason="", rights=[Right(each) for each in words], by=life.world.actors[by],
    )  # fmt: skip
    if made:
        is_unseen = life.drawer.papers[said.key].unseen
        replace(life, said, made, by=None, words=words, since=start, until=end, is_unseen=is_unseen)


def renew(life, dice):
    if not (said := a_paper(life, dice, "given")) or said.helper:  # that one is proposed anew
        return
    by = someone_for(life, dice, "named RSE", said.firm)
    until = legal_day(life.at + dice.randint(1, 90) * DAY)
    end, start = end_of(until), max(said.since, life.at)
    expected = (
        by != said.person and life.may_give(by, said, said.words) and life.stands(said.key) and end > said.until
        and said.person in life.users[said.firm] and not life.twins(said, start, end)
    )  # fmt: skip
    made = life.try_to(
        commands.renew_proxy, expected=expected, key=uuid.uuid4(), proxy_id=life.papers[said.key], until=until,
        by=life.world.actors[by],
    )  # fmt: skip
    if made:
        is_unseen = bool(said.words & life.two[said.firm])
        replace(life, said, made, by=by, words=said.words, since=start, until=end, is_unseen=is_unseen)


def replace(life, said, made, *, by, words, since, until, is_unseen):
    """Tell that a proxy took the place of another; a suspended one is still so."""
    set_aside = life.drawer.papers[said.key].set_aside
    life.tell("ended", key=said.key)
    new = life.keep(
        made, "given", firm=said.firm, person=said.person, block=said.block, thing=said.thing, words=words,
        since=since, until=until, is_unseen=is_unseen, helper=said.helper,
    )  # fmt: skip
    life.givers[new.key] = by or life.givers[said.key]
    carry_over(life, said.key, new)
    if set_aside:
        life.tell("set aside", key=new.key)


def suspend_or_restore_a_proxy(life, dice):
    if not (said := a_paper(life, dice, "given")):
        return
    by = someone_for(life, dice, "named RSE", said.firm)
    asked = {"proxy_id": life.papers[said.key], "by": life.world.actors[by]}
    life.touch(said)
    if life.drawer.papers[said.key].set_aside:
        able = by != said.person and life.may_give(by, said, said.words) and life.stands(said.key)
        if life.try_to(commands.restore_proxy, expected=able, **asked):
            life.tell("taken up again", key=said.key)
    else:
        able = life.is_in_charge(by, said) and life.stands(said.key)
        if life.try_to(commands.suspend_proxy, expected=able, reason="Congé", **asked):
            life.tell("set aside", key=said.key)


def confirm(life, dice):
    awaiting = [paper.said for paper in life.drawer.papers.values() if paper.unseen and not paper.over]
    said = dice.choice(awaiting) if awaiting and dice.random() < 0.9 else a_paper(life, dice, "given")
    if said is None:
        return
    by = someone_for(life, dice, "named RSE", said.firm)
    able = {life.givers[said.key], said.person, *(each.person for each in papers_under(life, said.key))}
    expected = (
        by not in able | {life.accepters.get(said.key)} and life.may_give(by, said, said.words)
        and life.drawer.papers[said.key].unseen and life.stands(said.key)
    )  # fmt: skip
    if life.try_to(commands.confirm_proxy, expected=expected, proxy_id=life.papers[said.key], by=life.world.actors[by]):
        life.tell("confirmed", key=said.key)
        life.confirmers[said.key] = by
        life.touch(said)


def take_back(life, dice):
    if not (said := a_paper(life, dice, "given")):
        return
    by = someone_for(life, dice, "named RSE", said.firm)
    life.touch(said)
    expected = life.is_in_charge(by, said) and not life.drawer.papers[said.key].over
    proxy_id = life.papers[said.key]
    if life.try_to(commands.revoke_proxy, expected=expected, proxy_id=proxy_id, reason="", by=life.world.actors[by]):
        life.tell("ended", key=said.key)


# Places in a firm


def name_an_rse(life, dice):
    firm, to = dice.choice(FIRMS), dice.choice(PEOPLE)
    by = someone_for(life, dice, "named RA", firm)
    until = dice.choice([None, life.at + timedelta(hours=1), life.at + DAY, life.at + 5 * DAY, life.at + 40 * DAY])
    expected = life.may(by, "designate", firm) and not life.kept("named RSE", firm=firm, person=to)
    made = life.try_to(
        commands.designate, expected=expected, key=uuid.uuid4(), enterprise=life.world.firms[firm],
        person=life.world.people[to], role="RSE", basis="named", function="", evidence={},
        during=DateTimeTZRange(None, until), by=life.world.actors[by],
    )  # fmt: skip
    if made:
        life.keep(made, "named RSE", firm=firm, person=to, until=until)
        if life.drawer.firms[firm] == "in recovery" and life.in_charge(firm):
            life.tell("firm is active", firm=firm)


def remove_an_rse(life, dice):
    said = a_paper(life, dice, "named RSE", "named RSE", "named RA")
    firm = said.firm
    by = someone_for(life, dice, dice.choice(["named RSE", "named RA"]), firm)
    able = said.verb == "named RSE" and (life.may(by, "administer", firm) or life.may(by, "designate", firm))
    somebody_stays = bool(life.in_charge(firm, but=said.key)) or not life.in_charge(firm)
    is_over = life.drawer.papers[said.key].over
    made = life.try_to(
        commands.revoke_designation, expected=able and not is_over and somebody_stays,
        designation_id=life.papers[said.key], reason="Départ", by=life.world.actors[by],
    )  # fmt: skip
    if made:
        life.tell("ended", key=said.key)


def leave(life, dice):
    firm, person = dice.choice(FIRMS), dice.choice(PEOPLE)
    held = life.kept("named RSE", "given", "named by helper", firm=firm, person=person)
    held += lent_by(life, firm, person)
    is_ra = bool(life.kept("named RA", firm=firm, person=person))
    before = life.in_charge(firm)
    left = [each for each in before if each.person != person]
    done = life.try_to(
        leave_enterprise, expected=(held or person in life.users[firm]) and not is_ra and (left or not before),
        enterprise=life.world.firms[firm], reason="", by=life.world.actors[person],
    )  # fmt: skip
    if done:
        for each in held:
            life.tell("ended", key=each.key)
        life.users[firm].discard(person)
        life.tell("goes away", firm=firm, person=person)


def invite(life, dice):
    """Bring in somebody who has never signed in, as a user: what they answer changes no right."""
    firm = dice.choice(FIRMS)
    by = someone_for(life, dice, "named RSE", firm)
    person, email = life.world.people[NEWCOMER], life.world.actors[NEWCOMER].login.email
    made = life.try_to(
        create_user, expected=life.may(by, "administer", firm) and NEWCOMER not in life.users[firm], key=uuid.uuid4(),
        enterprise=life.world.firms[firm], given_name=person.given_name, family_name=person.family_name,
        email=email, language="fr", is_external=False, by=life.world.actors[by],
    )  # fmt: skip
    if made:
        life.users[firm].add(NEWCOMER)
        life.tell("joins", firm=firm, person=NEWCOMER)
        mail = Mail.objects.filter(to=email, text__contains="/activer/").order_by("-id").first()
        if mail and made.invitation:
            life.invitation = re.search(r"/activer/([\w-]+)", mail.text)[1]


def answer_an_invitation(life, dice):
    """Accept or decline what was received, if it has not run out: neither changes a right."""
    if token := life.invitation:
        life.invitation = None
        code = life.world.actors[NEWCOMER].login.user_code
        with suppress(InvitationUnusable), transaction.atomic():
            if dice.random() < 0.5:
                decline_invitation(token=token)
            else:
                activate(token=token, second=code, password="une phrase à soi")
        life.touched |= {(NEWCOMER, firm, BLOCKS[0]) for firm in FIRMS}


# What a firm uses


def choose_blocks(life, dice):
    firm, chosen = dice.choice(FIRMS), frozenset([WIDENED, *dice.sample(BLOCKS, dice.randint(2, 7))])
    if dice.random() < 0.2:
        chosen -= {WIDENED}
    by = someone_for(life, dice, "named RSE", firm)
    done = life.try_to(
        commands.accept_blocks, expected=life.may(by, "administer", firm), blocks=chosen, catalogue_version=1,
        registration_id=life.registrations[firm].public_id, by=life.world.actors[by],
    )  # fmt: skip
    if done:
        life.tell("blocks are chosen", firm=firm, words=chosen)
        life.touched |= {(by, firm, each) for each in BLOCKS[:2]}


def accept_what_is_new(life, dice):
    firm = dice.choice(FIRMS)
    by = someone_for(life, dice, "named RSE", firm)
    is_there = life.drawer.catalogue.get(WIDENED) == 2 and WIDENED in life.drawer.blocks[firm]
    done = life.try_to(
        commands.accept_versions, expected=life.may(by, "administer", firm) and is_there, versions={WIDENED: 2},
        registration_id=life.registrations[firm].public_id, by=life.world.actors[by],
    )  # fmt: skip
    if done:
        life.tell("what is new is accepted", firm=firm, block=WIDENED)


def move_services(life, dice):
    """Suspend services, take them up again; sometimes the firm leaves, and asks anew."""
    firm = dice.choice(FIRMS)
    state, verb = life.drawer.services[firm], "services are active"
    registration = life.registrations[firm].public_id
    by = someone_for(life, dice, "named RSE", firm)
    if state == "over":
        asked = life.try_to(
            commands.register_service, expected=life.may(by, "administer", firm), key=uuid.uuid4(),
            enterprise=life.world.firms[firm], provider=ServiceProvider.objects.get(code="autorite"),
            client_number=f"99{next(life.keys):08d}", by=life.world.actors[by],
        )  # fmt: skip
        if asked:
            life.registrations[firm] = asked
            life.tell("services are asked for", firm=firm)
        return
    if state == "active" and dice.random() < 0.15:
        done = life.try_to(
            commands.move_registration, expected=life.may(by, "administer", firm), registration_id=registration,
            move=RegistrationMove.DEACTIVATE, by=life.world.actors[by],
        )  # fmt: skip
        if done:
            life.tell("services are over", firm=firm)
        return
    move = {"suspended": RegistrationMove.REINSTATE, "asked for": RegistrationMove.ACTIVATE}.get(state)
    if move is None:
        move, verb = RegistrationMove.SUSPEND, "services are suspended"
    commands.move_registration(registration_id=registration, move=move, by=life.world.officer, reason="Contrôle")
    life.tell(verb, firm=firm)


# What the regulator and time do


def suspend_or_restore_a_person(life, dice):
    kept_out = sorted(life.drawer.kept_out)
    in_charge = [each.person for each in life.kept("named RSE")]
    person = dice.choice(kept_out) if kept_out and dice.random() < 0.5 else dice.choice([*PEOPLE, *in_charge])
    is_out, who = person in kept_out, life.world.people[person].public_id
    (restore_person if is_out else suspend_person)(person_id=who, reason="Vol", under=UNDER)
    life.tell("person is let in" if is_out else "person is kept out", person=person)
    life.touched |= {(person, firm, block) for firm in FIRMS for block in BLOCKS[:1]}


def move_a_firm(life, dice):
    """Suspend a firm or reinstate it; rarely, close it."""
    shut = [firm for firm in FIRMS if life.drawer.firms[firm] == "suspended"]
    firm = dice.choice(shut) if shut and dice.random() < 0.7 else dice.choice(FIRMS)
    row, move = Enterprise.objects.get(pk=life.world.firms[firm].pk), Enterprise.Move.SUSPEND
    if row.state == Enterprise.State.CLOSED or firm in life.drawer.struck:
        return
    if row.state == Enterprise.State.SUSPENDED:
        move = Enterprise.Move.REINSTATE
    elif dice.random() < 0.1:
        move = Enterprise.Move.CLOSE
    row.make(move, at=life.at, under=UNDER)
    said = {Enterprise.Move.SUSPEND: "suspended", Enterprise.Move.CLOSE: "closed"}.get(move, "active")
    life.tell(f"firm is {said}", firm=firm)


def a_minute_passes(life, dice):
    """Whoever lost their last RSE by time or suspension is in recovery; whoever has one again is out of it."""
    keep_recoveries()
    for firm in (each for each in FIRMS if each not in life.drawer.struck):
        if life.drawer.firms[firm] == "active" and not life.in_charge(firm):
            life.tell("firm is in recovery", firm=firm)
        elif life.drawer.firms[firm] == "in recovery" and life.in_charge(firm):
            life.tell("firm is active", firm=firm)
    if dice.random() < 0.6:  # the gestures that come after are those that came before registers spoke
        a_register_speaks(life, dice)


def let_time_pass(life, dice):
    life.pass_to(life.at + timedelta(hours=dice.choice([1, 5, 24, 24, 100, 300])))


def come_to_an_end(life, dice):
    """AZ-3: stop an instant before an end or a beginning, at it, or an instant after; mostly the next that counts."""
    held = life.kept("given", "named RSE")
    turns = {each.until for each in held if each.until} | {each.since for each in held if each.since}
    off = dice.choice([-INSTANT, timedelta(0), INSTANT])
    ahead = sorted(each + off for each in turns if each + off > life.at)
    if ahead:
        life.pass_to(ahead[0] if dice.random() < 0.8 else dice.choice(ahead))


# Whose hand, and on what


def someone_for(life, dice, verb, firm):
    """Return whoever it falls to, mostly; or anybody."""
    holders = [each.person for each in life.kept(verb, firm=firm)]
    return dice.choice(holders) if holders and dice.random() < 0.85 else dice.choice(PEOPLE)


def a_paper(life, dice, *verbs):
    """Return one that still stands, mostly; or one that is over."""
    verb = dice.choice(verbs)
    every = [paper.said for paper in life.drawer.papers.values() if paper.said.verb == verb]
    standing = life.kept(verb)
    chosen = standing if standing and dice.random() < 0.85 else every
    return dice.choice(chosen) if chosen else None


#: Each gesture, and how often it comes.
GESTURES = {
    give: 14, ask_for_two: 3, narrow: 4, renew: 3, suspend_or_restore_a_proxy: 4, confirm: 3, take_back: 4,
    name_an_rse: 4, remove_an_rse: 3, leave: 1, invite: 1, answer_an_invitation: 1, choose_blocks: 2,
    accept_what_is_new: 2, move_services: 2, suspend_or_restore_a_person: 5, move_a_firm: 2, a_minute_passes: 4,
    let_time_pass: 4, come_to_an_end: 12,
}  # fmt: skip
