"""The pure core: text to script to timeline to samples.

Nothing in this package opens a file, starts a process, reads a clock or prints. It imports numpy, the
standard library and itself; a test says so.
"""
