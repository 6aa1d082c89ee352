"""Prompts become sound: engines, their processes, and the clips that are kept."""
