"""The operations of the API, a module for each part of the process: what is asked, what is told, and the act behind it."""
