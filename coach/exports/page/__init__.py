"""A page for a browser, with the sound in it."""

__all__ = ["encoder"]
