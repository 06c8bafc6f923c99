"""What the review has to tell in print: tables, the paragraph on methods, and numbers of a text held against the flow."""
