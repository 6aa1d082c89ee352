"""A session played through a loudspeaker: steered, shown and written down while it is heard."""

__all__ = ["choose", "controls", "doctor", "run", "speakers"]
