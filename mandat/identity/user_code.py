"""User codes: three letters, then six signs of Crockford's base 32. Drawn at random, never in sequence."""

import secrets

#: Without I, L, O and U, which are mistaken for digits or make words.
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ"
SIGNS = "0123456789" + LETTERS
LETTER_COUNT, SIGN_COUNT = 3, 6
LENGTH = LETTER_COUNT + SIGN_COUNT
#: What the database holds a user code to.
CANONICAL = rf"^[{LETTERS}]{{{LETTER_COUNT}}}[{SIGNS}]{{{SIGN_COUNT}}}$"
#: Letters that a reader may write for a digit.
MISREAD = str.maketrans("ILO", "110")


def draw() -> str:
    """Return a new user code: one of some eleven million million."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(LETTER_COUNT))
    return letters + "".join(secrets.choice(SIGNS) for _ in range(SIGN_COUNT))


def canonical(typed: str) -> str:
    """Return a user code as it is kept, whatever its case, its hyphens, its spaces and its misread signs."""
    kept = "".join(each for each in typed.upper() if each.isalnum())
    return kept[:LETTER_COUNT] + kept[LETTER_COUNT:].translate(MISREAD)


def grouped(code: str) -> str:
    """Return a user code as its holder reads it: `KTR-7M2-Q9X`."""
    return "-".join(code[start : start + 3] for start in range(0, len(code), 3))


def masked(code: str) -> str:
    """Return a user code as anyone else may see it: its last three signs."""
    return f"•••-•••-{code[-3:]}"
