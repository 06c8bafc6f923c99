"""The history of a review as its members may read it: every act, without what is still sealed."""
