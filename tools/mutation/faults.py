"""The faults that a function may be given, each a small change of its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot,
    ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.BitXor: ast.BitAnd, ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """A fault: file, function by its qualified name, line, number among the function's faults, and what it changes."""

    path: Path
    function: str
    line: int
    number: int
    what: str


Change = tuple[int, str, Callable[[], None]]


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function of a module and every method of its classes, by qualified name; not those within functions."""

    def within(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
        for one in body:
            if isinstance(one, ast.FunctionDef):
                yield prefix + one.name, one
            elif isinstance(one, ast.ClassDef):
                yield from within(one.body, f"{prefix}{one.name}.")

    return within(tree.body, "")


def changes(function: ast.FunctionDef) -> Iterator[Change]:
    """The changes of a function, as (line, what, what makes it). What only a person reads is left alone: messages, notes, types."""
    yield from _of_statement(function)
    for node in _nodes(function):
        yield from _of_expression(node)
        yield from _of_statement(node)


def _nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function's body but for its docstring, types, messages of errors and formatted texts."""
    waiting: list[ast.AST] = list(reversed(function.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Raise | ast.JoinedStr | ast.Import | ast.ImportFrom | ast.Assert):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        yield node
        children = [
            child
            for name, value in ast.iter_fields(node)
            if name not in ("annotation", "returns", "decorator_list")
            for child in (value if isinstance(value, list) else [value])
            if isinstance(child, ast.AST)
        ]
        waiting += reversed(children)


def _of_expression(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            new = COMPARED[type(operator)]()
            yield node.lineno, _told(operator, new), _put(node.ops, place, new)
    elif isinstance(node, ast.BinOp) and type(node.op) in COMPUTED:
        computed = COMPUTED[type(node.op)]()
        yield node.lineno, _told(node.op, computed), _set(node, "op", computed)
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield node.lineno, _told(node.op, other), _set(node, "op", other)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.lineno, "without not", _set(node, "operand", ast.UnaryOp(ast.Not(), node.operand))
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node)
    elif isinstance(node, ast.IfExp):
        yield node.lineno, "condition turned", _set(node, "test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.Slice):
        for name in ("lower", "upper"):
            if getattr(node, name) is not None:
                yield getattr(node, name).lineno, f"slice without its {name} end", _set(node, name, None)


def _of_constant(node: ast.Constant) -> Iterator[Change]:
    if isinstance(node.value, bool):
        yield node.lineno, f"{node.value} → {not node.value}", _set(node, "value", not node.value)
    elif isinstance(node.value, int | float):
        yield node.lineno, f"{node.value} → {node.value + 1}", _set(node, "value", node.value + 1)
    elif isinstance(node.value, str):
        yield node.lineno, f"{node.value!r} changed", _set(node, "value", f"{node.value}?" if node.value else "?")


def _of_statement(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.If | ast.While):
        yield node.lineno, "condition turned", _set(node, "test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.AugAssign) and type(node.op) in COMPUTED:
        new = COMPUTED[type(node.op)]()
        yield node.lineno, _told(node.op, new), _set(node, "op", new)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield node.lineno, "returns None", _set(node, "value", ast.Constant(None))
    for name, body in ast.iter_fields(node):
        if name in ("body", "orelse", "finalbody") and isinstance(body, list):
            for place, one in enumerate(body):
                if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
                    yield one.lineno, "call left out", _put(body, place, ast.Pass())
                elif isinstance(one, ast.Break | ast.Continue):
                    yield one.lineno, "goes on", _put(body, place, ast.Pass())


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _told(old: ast.AST, new: ast.AST) -> str:
    return f"{type(old).__name__} → {type(new).__name__}"


def _set(node: ast.AST, name: str, value: object) -> Callable[[], None]:
    return lambda: setattr(node, name, value)


def _put(body: list[Any], place: int, value: ast.AST) -> Callable[[], None]:
    return lambda: body.__setitem__(place, value)


def faults_of(path: Path) -> list[Fault]:
    """Every fault of a module's functions, in order."""
    found = []
    for name, function in functions(ast.parse(path.read_text("utf-8"))):
        found += [Fault(path, name, line, number, what) for number, (line, what, _) in enumerate(changes(function))]
    return found


def faulty(fault: Fault) -> CodeType:
    """The code of the function that has the fault. Raises `SyntaxError` where it cannot be compiled, `LookupError` where there is
    none."""
    tree = ast.parse(fault.path.read_text("utf-8"))
    function = dict(functions(tree))[fault.function]
    list(changes(function))[fault.number][2]()
    module = compile(ast.fix_missing_locations(tree), str(fault.path), "exec")
    return code_of(module, fault.function)


def code_of(module: CodeType, name: str) -> CodeType:
    """The code of a function within that of its module. Raises `LookupError`."""
    found = module
    for part in name.split("."):
        inside = [one for one in found.co_consts if isinstance(one, CodeType) and one.co_name == part]
        if not inside:
            raise LookupError(name)
        found = inside[-1]
    return found
