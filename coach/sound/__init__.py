"""A timeline becomes samples: clips, tones and music are mixed, limited and dithered."""
