"""Long work outside the request: the row is the truth, the broker only a doorbell."""
