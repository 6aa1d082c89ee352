"""Pictures of a session: its cover and its plot."""
