"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id at OWASP's figures. Django's own take 100 MiB a log-in, which a floor that signs in
    at nine o'clock does not have."""

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1
