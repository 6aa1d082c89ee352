"""The diary of sessions, and the place of an unfinished one, in files of the user."""

__all__ = ["entries", "morning", "progress", "report", "storage", "today"]
