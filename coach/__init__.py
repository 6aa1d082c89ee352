"""A voice-guided audio coach: exercise without looking at a screen."""

__version__ = "0.1.0"
