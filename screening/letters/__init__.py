"""E-mails that say how much waits for a person and where, and nothing else."""
