"""What a command that mail servers call says with its exit code (sysexits.h)."""

from enum import IntEnum


class Exit(IntEnum):
    """0 says that the message is safe; 75 has it brought again; with any other its sender is told that it failed."""

    OK = 0
    USAGE = 64
    NO_INPUT = 66
    NO_USER = 67
    UNAVAILABLE = 69
    TEMPORARY = 75
