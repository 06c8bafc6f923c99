"""The same review for scripts: tokens with scopes, and every read and act of the pages as JSON, through the same door."""
