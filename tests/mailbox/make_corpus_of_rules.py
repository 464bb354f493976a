"""Writes the corpus of new words and robots: `python -m tests.mailbox.make_corpus_of_rules`."""

import json
from importlib import import_module
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
FOLDERS = {
    "words": "make_words",
    "old_servers": "make_old_servers",
    "words_held_back": "held_back_words",
    "robots": "make_robots",
    "robots_held_back": "held_back_robots",
    "robots_held_back_again": "held_back_again",
}


def main() -> None:
    """Write each folder anew: the messages and what is expected of them."""
    for folder, module in FOLDERS.items():
        samples = import_module(f"tests.mailbox.{module}").SAMPLES.all
        place = CORPUS / folder
        place.mkdir(parents=True, exist_ok=True)
        for old in place.glob("*.eml"):
            old.unlink()
        for sample in samples:
            (place / f"{sample.name}.eml").write_bytes(sample.raw)
        expected = {sample.name: sample.expected for sample in samples}
        (place / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
