"""The diary of sessions, and the place of an unfinished one, in files of the user."""

__all__ = ["entries", "progress", "report", "storage", "today"]
