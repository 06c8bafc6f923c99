"""The home of a review: where it stands, and what waits for whom. Above all steps."""
