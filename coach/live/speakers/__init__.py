"""What plays a live session: miniaudio, simpleaudio, or nothing but the clock."""
