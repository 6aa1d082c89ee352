"""Pictures of a session: its cover and its plot."""

__all__ = ["cover", "plot"]
