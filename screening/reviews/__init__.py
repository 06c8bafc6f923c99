"""A review and its team: roles, invitations, and the one door through which everything is reached."""
