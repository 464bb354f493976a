"""Every variable that the code reads is in the operator's list, and the list names no other."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
READ = re.compile(r"\benv\.(?:text|boolean|integer|words|choice)\(\s*\"([A-Z][A-Z0-9_]*)\"")
# The first column of the tables, where one line may name two.
LISTED = re.compile(r"^\| ((?:`[A-Z][A-Z0-9_]*`(?:, )?)+) \|", re.MULTILINE)


def variables_read() -> set[str]:
    sources = (REPOSITORY / "mostrador").rglob("*.py")
    return {name for path in sources for name in READ.findall(path.read_text(encoding="utf-8"))}


def test_the_list_of_variables_is_complete_and_true() -> None:
    text = (REPOSITORY / "docs/operating/configuration.md").read_text(encoding="utf-8")

    listed = {name for cell in LISTED.findall(text) for name in re.findall(r"`([A-Z0-9_]+)`", cell)}

    assert listed == variables_read()
