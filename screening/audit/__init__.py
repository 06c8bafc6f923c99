"""Who did what, when and why: one append-only row for every act."""
