"""The conditions of a template that look at nothing but a person's fields: decided by Liquid once for all who have the
same values, and from then on a field like any other. However people differ, what is decided about them is little."""

from collections.abc import Mapping, Sequence
from typing import Any

from liquid.builtin.expressions.logical import (
    BooleanExpression,
    ContainsExpression,
    EqExpression,
    GeExpression,
    GtExpression,
    LeExpression,
    LogicalAndExpression,
    LogicalOrExpression,
    LtExpression,
    NeExpression,
)
from liquid.builtin.expressions.path import Path
from liquid.builtin.expressions.primitive import Blank, Empty, Literal, Nil
from liquid.builtin.tags.case_tag import _AnyExpression
from liquid.context import RenderContext
from liquid.exceptions import LiquidTypeError
from liquid.expression import Expression
from liquid.token import Token

from mailexpert.mail.memory import Memory
from mailexpert.mail.personalise import NOT_A_FIELD, TEXT, RenderProblem, as_render_problem, value_of

MOST_DECIDED = 300  # operands of all conditions of an issue; the others are decided where they stand
NAME = "\0%d"  # of a decision; no template can ask for it, since the database holds no NUL
YES, NO, WRONG = "+", "-", "!"  # of each of its expressions; or what was wrong with it

COMPARING = (
    BooleanExpression,
    LogicalAndExpression,
    LogicalOrExpression,
    ContainsExpression,
    EqExpression,
    NeExpression,
    GeExpression,
    GtExpression,
    LeExpression,
    LtExpression,
    _AnyExpression,
)
CONSTANT = (Literal, Nil, Empty, Blank)


class Decided(Path):
    """Stands in a condition's place, and reads what was decided."""

    __slots__ = ("_is_list",)

    def __init__(self, token: Token, name: str, *, is_list: bool) -> None:
        super().__init__(token, ["contact", name])
        self._is_list = is_list

    def evaluate(self, context: RenderContext) -> object:
        said = str(super().evaluate(context))
        if said.startswith(WRONG):
            raise LiquidTypeError(said[1:], token=self.token)
        return [one == YES for one in said] if self._is_list else said == YES


class Condition:
    def __init__(self, expression: Expression, fields: Sequence[str]) -> None:
        self._expression, self._fields = expression, fields
        self._contact: dict[str, Any] = {}
        self._context = RenderContext(TEXT.from_string(""), globals={"contact": self._contact})
        self._memory = Memory(self._one if len(fields) == 1 else self._row)

    def column(self, columns: Mapping[str, Sequence[Any]]) -> list[str]:
        if len(self._fields) == 1:
            return self._memory.column(columns[self._fields[0]])
        return self._memory.column(list(zip(*(columns[name] for name in self._fields), strict=True)))

    def _one(self, value: Any) -> str:
        return self._row((value,))

    def _row(self, row: Sequence[Any]) -> str:
        self._contact.update(zip(self._fields, map(value_of, row), strict=True))
        try:
            with as_render_problem(""):
                found = self._expression.evaluate(self._context)
        except RenderProblem as problem:
            return WRONG + str(problem)
        outcomes = found if isinstance(found, list) else [found]
        return "".join([YES if outcome else NO for outcome in outcomes])


class Conditions:
    """Of one issue, each different one once."""

    def __init__(self) -> None:
        self._found: dict[str, Condition] = {}
        self._names: dict[str, str] = {}
        self._left = MOST_DECIDED

    def known(self, expression: Expression) -> Expression:
        """What to put in its place: itself, if it looks at more than fields."""
        seen = _Seen(expression)
        if not seen.is_plain or not seen.fields:
            return expression
        said = f"{type(expression).__name__} {getattr(expression, 'left', '')} {expression}"
        if said not in self._names:
            if seen.operands > self._left:
                return expression
            self._left -= seen.operands
            name = self._names[said] = NAME % len(self._names)
            self._found[name] = Condition(expression, sorted(seen.fields))
        return Decided(expression.token, self._names[said], is_list=isinstance(expression, _AnyExpression))

    def columns(self, columns: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[str]]:
        """What is decided about the people whose values these are."""
        return {name: condition.column(columns) for name, condition in self._found.items()}


class _Seen:
    """All that an expression looks at."""

    def __init__(self, expression: Expression) -> None:
        self.fields: set[str] = set()
        self.operands, self.is_plain = 0, True
        waiting = [expression]
        while waiting and self.is_plain:
            found = waiting.pop()
            waiting += found.children()
            if isinstance(found, _AnyExpression):
                waiting.append(found.left)
            self.operands += 1
            if isinstance(found, Path) and not isinstance(found, Decided):
                self.is_plain = self._is_field(found.path)
            elif not isinstance(found, COMPARING + CONSTANT):
                self.is_plain = False

    def _is_field(self, path: Sequence[object]) -> bool:
        match path:
            case ["contact", str(name)] if name not in NOT_A_FIELD:
                self.fields.add(name)
                return True
        return False
