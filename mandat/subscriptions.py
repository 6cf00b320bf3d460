"""Who reacts to what: one page. Handlers take ids, and may run twice; `platform.events` says in what order."""

from mandat.platform.events import Subscriptions

SUBSCRIPTIONS: Subscriptions = {}
