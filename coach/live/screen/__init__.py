"""The display of a live session: plain lines, or a full-screen view in large letters."""

__all__ = ["screen"]
