class CannotStart(Exception):
    """What stops a start, in one sentence that says what to do."""
