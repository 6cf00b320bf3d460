"""Filings ready to be worked on, through the engine itself: what a test begins from is what the product makes."""

import uuid
from datetime import date
from unittest.mock import DEFAULT  # noqa: F401
