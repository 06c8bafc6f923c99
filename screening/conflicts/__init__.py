"""Conflicts: the two reviewers talk and agree, or a third person rules."""
