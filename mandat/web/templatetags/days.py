"""Days in words."""

from datetime import date, datetime, timedelta

from django import template
from django.utils import formats
from django.utils.translation import get_language

from mandat.platform.text import day_in_words

register = template.Library()


@register.filter(expects_localtime=True)
def day(value: date) -> str:
    """Return a day as its language writes it: 1er janvier 2020, January 1, 2020."""
    return day_in_words(value)


@register.filter(expects_localtime=True)
def moment(value: datetime) -> str:
    """Return an instant as its language writes it: 1er janvier 2020 à 9 h 05, January 1, 2020, 9:05 a.m."""
    between = " à " if get_language() == "fr" else ", "
    return day(value) + between + formats.time_format(value)


@register.filter
def eve(value: date) -> date:
    """Return the day before: the last one of what ends, excluded, on a day."""
    return value - timedelta(days=1)
