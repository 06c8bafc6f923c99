"""The lead's page: where the review stands, how fast it moves, where people disagree, and reminders. Above all steps."""
