"""Look for bytes at which reading raises, led by what the code does with them.

`python -m tests.mailbox.fuzz_reading [SECONDS]`, ten minutes without a number; ends at the first exception and
leaves its input behind. Needs `atheris`, which is no part of the locked requirements: it exists for few systems.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import atheris

from tests.mailbox.make_reading_corpus import FOLDER

with atheris.instrument_imports(include=["mostrador.mailbox"]):
    from mostrador.mailbox.rules.reading import read_openly
    from mostrador.mailbox.rules.report import report

LONGEST_BYTES = 20_000
SLOWEST_SECONDS = 5


def one_input(data: bytes) -> None:
    """Read it, and see that what was read can be written down."""
    json.dumps(report(read_openly(data)), ensure_ascii=False).encode()


def main() -> None:
    """Begin with the corpus of reading; what is found on the way is thrown away."""
    seconds = sys.argv[1] if len(sys.argv) > 1 else "600"
    with tempfile.TemporaryDirectory() as folder:
        seeds = Path(folder) / "seeds"
        shutil.copytree(FOLDER, seeds, ignore=shutil.ignore_patterns("*.json", "parts-1000.eml", "parts-300-*"))
        limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST_BYTES}", f"-timeout={SLOWEST_SECONDS}"]
        atheris.Setup([sys.argv[0], str(seeds), *limits, "-artifact_prefix=./"], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
