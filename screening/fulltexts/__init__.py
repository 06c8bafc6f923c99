"""Full texts: reports are sought, retrieved or not, and reviewed with one reason for each exclusion."""
