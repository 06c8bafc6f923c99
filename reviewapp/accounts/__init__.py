"""Accounts: who signs in, and how they like the site to behave."""
