"""The coach's own sentences, a module for each language."""

__all__ = ["en"]
