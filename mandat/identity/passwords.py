"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2OneLane(Argon2PasswordHasher):
    """Argon2id with one lane: a sign-in never takes two cores."""

    parallelism = 1
