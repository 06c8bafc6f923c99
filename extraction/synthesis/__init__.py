"""What was extracted and coded is brought together: the matrix, the factor model and the table of characteristics."""
