"""Every verb of the record has words that people understand."""

import ast
import re
from pathlib import Path

from mostrador.accounts.adapters import SECURITY_EVENTS
from mostrador.audit.queries import all_words

PACKAGE = Path(__file__).resolve().parents[2] / "mostrador"


RECORDERS = {"record", "_record", "write_record"}  # the action itself and what apps put around it
VERB = re.compile(r"[a-z_]+\.[a-z_]+")


def recorded_verbs() -> dict[str, str]:
    """Each verb in a call of `record` in the product, with the file where it was found."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        source = ast.parse(path.read_text(encoding="utf-8"))
        assigned = [node for node in ast.walk(source) if isinstance(node, ast.Assign)]
        for node in ast.walk(source):
            if isinstance(node, ast.Call) and _name(node.func) in RECORDERS:
                values = [*node.args, *_assigned_to({_name(argument) for argument in node.args}, assigned)]
                for verb in (verb for value in values for verb in _texts(value)):
                    found[verb] = str(path.relative_to(PACKAGE))
    return found


def _assigned_to(names: set[str], assigned: list[ast.Assign]) -> list[ast.expr]:
    """What a module gives to variables of these names, wherever in it."""
    return [one.value for one in assigned if {_name(target) for target in one.targets} & (names - {""})]


def _name(expression: ast.expr) -> str:
    return expression.id if isinstance(expression, ast.Name) else str(getattr(expression, "attr", ""))


def _texts(argument: ast.expr) -> list[str]:
    """A literal verb, or both sides of a conditional one."""
    if isinstance(argument, ast.IfExp):
        return _texts(argument.body) + _texts(argument.orelse)
    text = argument.value if isinstance(argument, ast.Constant) else None
    return [text] if isinstance(text, str) and VERB.fullmatch(text) else []


def test_every_recorded_verb_has_words() -> None:
    without_words = {verb: path for verb, path in recorded_verbs().items() if verb not in all_words()}

    assert without_words == {}, "add them to `audit_words` in the app's apps.py"


def test_every_change_of_how_somebody_signs_in_has_words() -> None:
    assert set(SECURITY_EVENTS.values()) <= set(all_words())


def test_every_verb_with_words_begins_with_its_app() -> None:
    apps = {path.parent.name for path in PACKAGE.glob("*/apps.py")}

    assert {verb for verb in all_words() if verb.partition(".")[0] not in apps} == set()
