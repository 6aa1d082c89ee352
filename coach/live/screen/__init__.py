"""What a live session shows: plain lines, or one view in large letters."""

__all__ = ["screen"]
