"""Fields computed from others: sums, differences, products, quotients, and sum, min, max. Read as a tree and never run as code. Pure.

A name is the key of a field; a part of a sample, a share or a number follows after a point: ``sample.responded / sample.invited * 100``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any

from extraction.tables.fields import Field, FormError, FormSpec

LONGEST = 300
DIGITS = 28  # of a step
SHOWN = 6  # digits that count in a result
_NUMBERS = {"integer": (), "year": (), "number": ("n",), "sample": ("invited", "enrolled", "responded", "analysed"),
            "proportion": ("n", "N", "percent")}  # fmt: skip
_OPERATORS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}
_FUNCTIONS: dict[str, Callable[[Sequence[Decimal]], Decimal]] = {
    "sum": lambda given: sum(given, Decimal(0)),
    "min": min,
    "max": max,
}


def computed(spec: FormSpec, values: Mapping[str, Any]) -> dict[str, str]:
    """Key of each computed field -> its value in figures; a field whose parts are not all known, or that divides by 0, is left out."""
    found = {}
    for one in spec.fields:
        if one.kind != "computed" or not one.formula:
            continue
        worth = _worth(_tree(one.formula, one.label), values)
        if worth is not None:
            found[one.key] = _figures(worth)
    return found


def check_formulas(spec: FormSpec) -> None:
    """Raises FormError with one sentence for the first formula that cannot be computed from fields that people fill in."""
    for one in spec.fields:
        check_formula(spec, one)


def check_formula(spec: FormSpec, one: Field) -> None:
    """Raises FormError with one sentence where ``one`` is computed by a formula that cannot be; any other field passes."""
    if one.kind != "computed":
        return
    if not one.formula:
        raise FormError(f"“{one.label}” needs a formula, such as sample.responded / sample.invited * 100.")
    for key, part in names_in(one.formula, one.label):
        _refuse_name(one, spec.field(key), key, part)


def names_in(formula: str, label: str = "The formula") -> list[tuple[str, str]]:
    """The fields that a formula names, each with its part, "" where it names none. Raises FormError for what is no formula."""
    found: list[tuple[str, str]] = []
    _walk(_tree(formula, label), label, found)
    return found


def _tree(formula: str, label: str) -> ast.expr:
    wrong = f"The formula of “{label}” cannot be read. Write it as sample.responded / sample.invited * 100."
    if len(formula) > LONGEST:
        raise FormError(f"The formula of “{label}” is longer than {LONGEST} letters.")
    try:
        return ast.parse(formula.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as problem:
        raise FormError(wrong) from problem


def _walk(node: ast.expr, label: str, found: list[tuple[str, str]]) -> None:
    match node:
        case ast.Name(id=key):
            found.append((key, ""))
        case ast.Attribute(value=ast.Name(id=key), attr=part):
            found.append((key, part))
        case _:
            for each in _parts(node, label):
                _walk(each, label, found)


def _parts(node: ast.expr, label: str) -> list[ast.expr]:
    """What an operation rests on; FormError for what is no arithmetic."""
    match node:
        case ast.Constant(value=number) if type(number) in (int, float):
            return []
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=inner):
            return [inner]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return [left, right]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS and args:
            return args
    raise FormError(f"The formula of “{label}” may hold fields, numbers, + - * / ( ), sum, min and max only.")


def _refuse_name(one: Field, named: Field | None, key: str, part: str) -> None:
    if named is None:
        raise FormError(f"The formula of “{one.label}” names “{key}”, which is no field of the form.")
    parts = _NUMBERS.get(named.kind)
    if parts is None:
        raise FormError(f"The formula of “{one.label}” names “{key}”, which holds no number.")
    if parts and len(parts) == 1 and not part:
        return
    if part not in (parts or ("",)):
        such = f"{key}.{parts[0]}" if parts else key
        raise FormError(f"The formula of “{one.label}” needs “{key}” written as {such}.")


def _worth(node: ast.expr, values: Mapping[str, Any]) -> Decimal | None:
    with localcontext() as context:
        context.prec = DIGITS
        try:
            return _value(node, values)
        except (InvalidOperation, ArithmeticError, LookupError, TypeError, ValueError):
            return None


def _value(node: ast.expr, values: Mapping[str, Any]) -> Decimal:
    """The worth of a part of the tree; LookupError where a field holds no number."""
    match node:
        case ast.Constant(value=number):
            return Decimal(str(number))
        case ast.Name(id=key):
            return _number(values.get(key), "n")
        case ast.Attribute(value=ast.Name(id=key), attr=part):
            return _number(values.get(key), part)
        case ast.UnaryOp(op=op, operand=inner):
            return -_value(inner, values) if isinstance(op, ast.USub) else _value(inner, values)
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id=name), args=args):
            return _FUNCTIONS[name]([_value(each, values) for each in args])
    raise LookupError


def _number(held: Any, part: str) -> Decimal:
    told = held.get(part) if isinstance(held, Mapping) else held
    if told is None or isinstance(told, bool):
        raise LookupError(part)
    return Decimal(str(told))


def _figures(worth: Decimal) -> str:
    """Whole numbers as they are; others to six digits that count, without an exponent."""
    if worth == worth.to_integral_value():
        return f"{worth.to_integral_value():f}"
    with localcontext() as context:
        context.prec = max(SHOWN, worth.adjusted() + 1)
        rounded = +worth
    text = f"{rounded:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
