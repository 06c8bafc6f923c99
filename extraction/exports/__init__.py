"""Findings leave the site: documents, workbooks, figures and codebooks for a manuscript or another tool."""
