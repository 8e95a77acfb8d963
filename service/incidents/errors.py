"""Errors of the service: one class per reaction of whoever catches it."""


class StreetwatchError(Exception):
    """Something went wrong that the reader of the message can mend."""


class InputError(StreetwatchError):
    """What the user wrote is wrong: say what, where and how to mend it. Exit status 2."""


class StorageError(StreetwatchError):
    """The disk or the database refused: nothing was half-written."""
