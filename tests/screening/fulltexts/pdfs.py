"""Small PDFs with real text: those that the demo makes."""

from reviewapp.demo.pdf import make_pdf

__all__ = ["make_pdf"]
