class CannotStart(Exception):
    """A server can't start. The message says what to do."""
