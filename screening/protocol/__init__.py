"""The protocol: eligibility criteria and stage rules, frozen before the first vote, changed only as a new version."""
