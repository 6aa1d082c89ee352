"""A session played through a loudspeaker: steered, shown and written down while it is heard."""

__all__ = ["actions", "choose", "doctor", "run", "speakers", "view"]
