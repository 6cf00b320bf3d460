"""The settings of a worker that a test starts: those of the tests, with the tests' own subscribers."""

from config.settings_test import *  # noqa: F403

SUBSCRIPTIONS = "mandat.platform.tests.subscribers.SUBSCRIPTIONS"
