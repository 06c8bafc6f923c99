"""A final flow for everybody: frozen with its lists under a link that can be revoked; citations only, no votes."""
