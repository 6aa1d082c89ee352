"""What ``coach`` can be told to do: the list that the commands there are is held against."""

COMMANDS = (
    "run",
    "practice",
    "today",
    "diary",
    "doctor",
    "list",
    "show",
    "check",
    "export",
    "plot",
    "send",
    "voices",
    "help",
)
