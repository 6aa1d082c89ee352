"""``python -m coach`` and the ``coach`` command."""


def main() -> None:
    """Run the command line."""
    from coach.cli import run  # noqa: PLC0415

    run()


if __name__ == "__main__":
    main()
