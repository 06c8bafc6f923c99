"""What the studies say is marked, passage by passage, with the codes of a codebook."""
