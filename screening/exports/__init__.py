"""What leaves the review as files: its records in five formats, and every decision that may be shown."""
