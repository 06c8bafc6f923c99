"""What a reviewer keeps for herself while screening: words, tags, what she put off, her own records and time."""
