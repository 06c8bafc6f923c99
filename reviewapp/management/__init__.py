"""Commands of the command line, thin over the same actions as the pages."""
