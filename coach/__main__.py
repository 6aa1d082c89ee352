"""``python -m coach`` and the ``coach`` command."""


def main() -> None:
    """Run the command line."""
    try:
        from coach.cli import run  # noqa: PLC0415
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    run()


if __name__ == "__main__":
    main()
