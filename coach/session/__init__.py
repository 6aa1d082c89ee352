"""A session in time: what is heard becomes moves, and moves become a timeline in whole frames."""
