"""One command a module; names, options and JSON keys are a contract with scripts outside the project."""
