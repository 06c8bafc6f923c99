"""The lead says what is to be known of each included study: a form of sections and fields, in versions."""
