"""A file within reach of the phone, over the local network."""
