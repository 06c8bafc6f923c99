"""Studies: included reports that describe one investigation belong together."""
