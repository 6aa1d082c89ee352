"""A page for a browser, with the sound in it."""
