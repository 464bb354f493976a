"""Tell, for every address, what it runs: from the address to tables, read from the source itself."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

EFFECTS = {"record": "audit", "run_later": "job", "run_at": "job", "send_email": "e-mail", "publish": "live"}
PARTS = ("queries", "actions")


def routes(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "/"
) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield (address, view) for every route of the product."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, address)
        else:
            yield address, entry.callback


def flow_lines() -> Iterator[str]:
    """Yield the text of docs/developing/flow.txt, one block for each address, in the order of the addresses."""
    for address, view in sorted(routes(), key=lambda route: route[0]):
        yield f"{address}   [{getattr(view, 'access', 'NO ACCESS RULE')}]"
        function = inspect.unwrap(view)
        yield f"    view    {function.__module__}.{function.__name__}"
        if not function.__module__.startswith("mostrador.") or not inspect.isfunction(function):
            continue
        trees = list(_reachable(function))
        for part in PARTS:
            for name in sorted({name for tree in trees for name in _called(tree, part)}):
                yield f"    {part:<8}{name}{_effects(_member(function, part, name))}"
        for template in sorted({text for tree in trees for text in _strings(tree) if text.endswith((".html", ".txt"))}):
            yield f"    shows   {template}"


def _reachable(function: Callable[..., Any], seen: set[str] | None = None) -> Iterator[ast.AST]:
    """Yield the source of a function and of the functions of its own module that it calls."""
    seen = {function.__name__} if seen is None else seen
    tree = _tree(function)
    yield tree
    for node in ast.walk(tree):
        name = node.id if isinstance(node, ast.Name) else ""
        other = inspect.unwrap(function).__globals__.get(name)
        if name in seen or not inspect.isfunction(other) or other.__module__ != function.__module__:
            continue
        seen.add(name)
        yield from _reachable(inspect.unwrap(other), seen)


def _tree(function: Callable[..., Any]) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))


def _called(tree: ast.AST, module: str) -> set[str]:
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == module
    }


def _strings(tree: ast.AST) -> list[str]:
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is str]


def _member(view: Callable[..., Any], part: str, name: str) -> Any:
    module = inspect.unwrap(view).__globals__[part]
    return getattr(module, name) if isinstance(module, ModuleType) else None


def _effects(member: Any) -> str:
    """Return the audit verbs, jobs and e-mails that a function names, those of its module's helpers included."""
    if not inspect.isfunction(member):
        return ""
    found: list[str] = []
    for tree in _reachable(inspect.unwrap(member)):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in EFFECTS:
                words = [argument.value for argument in _arguments(node) if isinstance(argument, ast.Constant)]
                word = next((word for word in words if isinstance(word, str) and "." in word), None)
                if word and (effect := f"{EFFECTS[node.func.id]} {word}") not in found:
                    found.append(effect)
    return "  -> " + ", ".join(found) if found else ""


def _arguments(node: ast.Call) -> list[ast.expr]:
    return [*node.args, *(keyword.value for keyword in node.keywords)]
