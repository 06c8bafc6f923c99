"""How the records of a stage are shared out among the team, and in which order they come."""
