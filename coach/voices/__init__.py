"""Voice engines, their worker processes, and the cache of clips: prompts become clips."""

__all__ = ["cache", "engines", "espeak", "piper", "spoken_fit", "spoken_session", "voice", "worker_voice"]
