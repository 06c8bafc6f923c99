"""PostgreSQL as Django has it, but for how a connection that was kept is looked at before a request."""
