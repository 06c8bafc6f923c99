"""The PRISMA 2020 flow: every number is the size of a set of records, and the sums must hold."""
