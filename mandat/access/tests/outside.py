"""The gestures of organisations that act for others in a life: proposed and accepted, whom they name, what ends."""

import uuid

from mandat.access.commands import external, namings
from mandat.access.decision import Right
from mandat.access.tests.told import BLOCKS, DAY, FIRMS, PEOPLE
from mandat.platform.clock import end_of, legal_day


def give_outside(life, dice):
    """Propose to another firm that it act in a block; its own RSE, or anybody, accepts."""
    firm, helper = dice.sample(FIRMS, 2)
    block, words = dice.choice(BLOCKS[:4]), some_rights(dice)
    by, accepter = in_charge_of(life, dice, firm), in_charge_of(life, dice, helper)
    until = legal_day(life.at + dice.choice([1, 3, 10, 40]) * DAY)
    able = all(life.may(by, right, firm, block) for right in words) and life.may(by, "administer", firm)
    open_to_all = life.drawer.firms[helper] in ("active", "in recovery") and helper not in life.drawer.struck
    proposal = life.try_to(
        external.propose_external, expected=able and open_to_all, key=uuid.uuid4(),
        registration=life.registrations[firm], mandatary=life.world.firms[helper], until=until,
        rights={block: [Right(each) for each in words]}, by=life.world.actors[by],
    )  # fmt: skip
    if not proposal:
        return
    expected = accepter != by and life.may(accepter, "administer", helper)
    made = life.try_to(
        external.accept_external, expected=expected, proposal_id=proposal.public_id, by=life.world.actors[accepter]
    )
    if not made:
        # Whoever stays in charge withdraws it, so that another may be proposed.
        external.withdraw_external(proposal_id=proposal.public_id, reason="", by=life.world.actors[by])
        return
    before = [each for each in life.kept("given", firm=firm, helper=helper, block=block) if not each.thing]
    for each in before:
        life.tell("ended", key=each.key)
    new = life.keep(
        made[0], "given", firm=firm, helper=helper, block=block, words=words, since=life.at, until=end_of(until),
        is_unseen=bool(words & life.two[firm]),
    )  # fmt: skip
    life.givers[new.key], life.accepters[new.key] = by, accepter
    for each in before:
        carry_over(life, each.key, new)


def name_somebody(life, dice):
    """Have a mandatary name one of its own, within what it received or not."""
    received = [each for each in life.kept("given") if each.helper]
    if not received:
        return
    said, to = dice.choice(received), dice.choice(PEOPLE)
    by = in_charge_of(life, dice, said.helper)
    words = some_rights(dice)
    if dice.random() < 0.8:
        words = frozenset(dice.sample(sorted(said.words), dice.randint(1, len(said.words))))
    until = legal_day(dice.choice([said.until - DAY, said.until - DAY, life.at + dice.randint(0, 30) * DAY]))
    end = end_of(until)
    belongs = to in life.users[said.helper] or life.kept("named RSE", firm=said.helper, person=to)
    gave = {life.givers[said.key], life.confirmers.get(said.key)}
    twins = [each for each in papers_under(life, said.key) if each.person == to]
    expected = (
        life.may(by, "administer", said.helper) and words <= said.words and life.at < end <= said.until
        and belongs and to not in gave and not twins
    )  # fmt: skip
    made = life.try_to(
        namings.name_person, expected=expected, key=uuid.uuid4(), proxy_id=life.papers[said.key],
        person=life.world.people[to], rights=[Right(each) for each in words], until=until, by=life.world.actors[by],
    )  # fmt: skip
    if made:
        life.keep(
            made, "named by helper", firm=said.firm, person=to, block=said.block, words=words, under=said.key,
            since=max(life.at, said.since), until=end,
        )  # fmt: skip


def take_a_name_back(life, dice):
    """Have a mandatary, or anybody, end what one of its own may do for a client."""
    named = life.kept("named by helper")
    if not named:
        return
    said = dice.choice(named)
    by = in_charge_of(life, dice, life.drawer.papers[said.under].said.helper)
    helper = life.drawer.papers[said.under].said.helper
    done = life.try_to(
        namings.revoke_naming, expected=life.may(by, "administer", helper), naming_id=life.papers[said.key],
        reason="", by=life.world.actors[by],
    )  # fmt: skip
    if done:
        life.tell("ended", key=said.key)
        life.touch(said)


def narrow_a_name(life, dice):
    named = life.kept("named by helper")
    if not named:
        return
    said = dice.choice(named)
    helper = life.drawer.papers[said.under].said.helper
    by, words = in_charge_of(life, dice, helper), some_rights(dice)
    if dice.random() < 0.7:
        words = frozenset(dice.sample(sorted(said.words), dice.randint(1, len(said.words))))
    until = legal_day(dice.choice([said.until - DAY, life.at + dice.randint(0, 9) * DAY]))
    end = end_of(until)
    expected = (
        life.may(by, "administer", helper) and words <= said.words and life.at < end <= said.until
        and (words < said.words or end < said.until)
    )  # fmt: skip
    made = life.try_to(
        namings.narrow_naming, expected=expected, key=uuid.uuid4(), naming_id=life.papers[said.key], reason="",
        rights=[Right(each) for each in words], until=until, by=life.world.actors[by],
    )  # fmt: skip
    if made:
        life.tell("ended", key=said.key)
        life.keep(
            made, "named by helper", firm=said.firm, person=said.person, block=said.block, words=words,
            under=said.under, since=max(life.at, said.since), until=end,
        )  # fmt: skip


def give_up(life, dice):
    received = [each for each in life.kept("given") if each.helper]
    if not received:
        return
    said = dice.choice(received)
    by = in_charge_of(life, dice, said.helper)
    done = life.try_to(
        external.give_up_external, expected=life.may(by, "administer", said.helper), reason="",
        proxy_id=life.papers[said.key], by=life.world.actors[by],
    )  # fmt: skip
    if done:
        life.tell("ended", key=said.key)
        life.touch(said)


def carry_over(life, key, new):
    """Tell what became of the names under a paper that another replaced: what is left of each."""
    for each in papers_under(life, key):
        life.tell("ended", key=each.key)
        words, until = each.words & new.words, min(each.until, new.until)
        since = max(each.since, life.at)
        if words and since < until:
            row = namings.Naming.objects.get(replaces__public_id=life.papers[each.key])
            life.keep(
                row, "named by helper", firm=each.firm, person=each.person, block=each.block, words=words,
                under=new.key, since=since, until=until,
            )  # fmt: skip


def papers_under(life, key):
    """Return the names that stand under a paper of an organisation."""
    return [each for each in life.kept("named by helper") if each.under == key]


def lent_by(life, helper, person):
    """Return the names by which an organisation lets a person act for others."""
    named = life.kept("named by helper", person=person)
    return [each for each in named if life.drawer.papers[each.under].said.helper == helper]


def in_charge_of(life, dice, firm):
    holders = [each.person for each in life.kept("named RSE", firm=firm)]
    return dice.choice(holders) if holders and dice.random() < 0.9 else dice.choice(PEOPLE)


def some_rights(dice):
    return frozenset(dice.choice([
        ["view"], ["view", "prepare"], ["view", "prepare", "sign"], ["pay"], ["sign"], ["view", "prepare", "sign", "pay"],
    ]))  # fmt: skip


#: Each gesture, and how often it comes in the lives that have them.
OUTSIDE = {give_outside: 9, name_somebody: 10, take_a_name_back: 3, narrow_a_name: 3, give_up: 2}
