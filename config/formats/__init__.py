"""Dates, hours and numbers as Québec writes them, in French and in English. Dates typed in are ISO first in both."""
