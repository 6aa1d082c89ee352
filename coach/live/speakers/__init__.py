"""What plays a live session: miniaudio, simpleaudio, or nothing but the clock."""

__all__ = ["early", "loudspeaker", "player"]
