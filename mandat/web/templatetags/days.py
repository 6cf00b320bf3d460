"""Days in words."""

from datetime import date

from django import template
from django.utils import formats
from django.utils.translation import get_language

register = template.Library()


@register.filter
def day(value: date) -> str:
    """Return a day as its language writes it: 1er janvier 2020, January 1, 2020."""
    said = formats.date_format(value, "DATE_FORMAT")
    return f"1er{said[1:]}" if value.day == 1 and get_language() == "fr" else said
