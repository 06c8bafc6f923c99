"""The site: settings, addresses, accounts, the worker, and the command line."""
