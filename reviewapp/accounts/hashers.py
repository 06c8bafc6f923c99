"""Password hashing with the OWASP parameters for argon2id."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """argon2id with 19 MiB, 2 passes, 1 lane (P1): Django's default takes 100 MiB a log-in."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
