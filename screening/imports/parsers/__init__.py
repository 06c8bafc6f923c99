"""One module a format: decoded text in, parsed records and problems out."""
