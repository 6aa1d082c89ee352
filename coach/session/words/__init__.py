"""The coach's own sentences: the interface of all languages, and one module for each."""

__all__ = ["interface"]
