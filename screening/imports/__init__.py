"""Imports: the files of a search become records, and every row of a file is accounted for."""
