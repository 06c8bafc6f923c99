"""Two people fill in the form for a study, each alone and blind to the other until both have submitted."""
