"""Screening: from the files of a search to the PRISMA count, one folder for each step of a review."""
