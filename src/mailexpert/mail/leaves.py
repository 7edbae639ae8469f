"""What in a passage is no work for Liquid: text that is the same for all, and fields that are shown as they are. Liquid
says where it goes and how often; what it says is put there afterwards."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from liquid import BoundTemplate, escape
from liquid.ast import BlockNode, ConditionalBlockNode, Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions.filtered import FilteredExpression
from liquid.builtin.expressions.logical import BooleanExpression
from liquid.builtin.expressions.path import Path
from liquid.builtin.expressions.primitive import Nil
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.capture_tag import CaptureNode
from liquid.builtin.tags.case_tag import CaseNode, MultiExpressionBlockNode, _AnyExpression
from liquid.builtin.tags.comment_tag import CommentNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.context import RenderContext
from liquid.expression import Expression
from liquid.stringify import to_liquid_string

from mailexpert.mail.conditions import COMPARING, CONSTANT, MOST_DECIDED, Decided
from mailexpert.mail.personalise import RESERVED

Piece = bytes | int | None  # bytes as they stand, the number of an output, or None for the stop token
MARK = "\0"  # on both sides of a leaf's number; no text of the database holds a NUL
SHORTEST = 40  # characters of a text that is worth a leaf
Leaves = list[tuple[Piece, ...]]  # by number
PiecesOf = Callable[[Node], tuple[Piece, ...] | None]
Known = Callable[[Expression], Expression]


class Leaf(Node):
    """Stands in the place of a node that Liquid needn't write."""

    __slots__ = ("_mark",)

    def __init__(self, node: Node, number: int) -> None:
        super().__init__(node.token)
        self._mark = f"{MARK}{number}{MARK}"

    def render(self, context: Any, buffer: Any) -> int:
        del context
        buffer.write(self._mark)
        return 1

    render_to_output = render


class Shown(OutputNode):
    """A name without filters: what Liquid's own writes, in fewer steps."""

    __slots__ = ("_name",)

    def __init__(self, node: OutputNode, name: str) -> None:
        super().__init__(node.token, node.expression)
        self._name = name

    def render(self, context: RenderContext, buffer: Any) -> int:
        try:
            value = context.scope[self._name]
        except KeyError:
            return self.render_to_output(context, buffer)
        if type(value) is str:
            buffer.write(escape(value) if context.autoescape else value)
        elif type(value) is int:
            buffer.write(str(value))
        else:
            buffer.write(to_liquid_string(value, context.autoescape))
        return 1


def _name(node: OutputNode) -> str:
    """The one name that is all it says; empty for more."""
    shown = node.expression
    if not isinstance(shown, FilteredExpression) or shown.filters or not isinstance(shown.left, Path):
        return ""
    name, *more = shown.left.path
    return name if isinstance(name, str) and not more else ""


class Planter:
    """Puts leaves in the places of nodes for which `pieces_of` has pieces, within blocks too, and what is `known` of
    their conditions in the places of these. Where work `is_counted`, Liquid looks up each name itself."""

    def __init__(
        self, template: BoundTemplate, pieces_of: PiecesOf, known: Known, *, is_counted: bool
    ) -> None:
        self._context = RenderContext(template)
        self._pieces_of, self._known, self._is_counted = pieces_of, known, is_counted
        self.leaves: Leaves = []

    def plant(self, nodes: Sequence[Node]) -> list[Node]:
        return [self._planted(node) for node in nodes]

    def _planted(self, node: Node) -> Node:
        if isinstance(node, ContentNode) and len(node.text) < SHORTEST:
            return node
        pieces = self._pieces_of(node)
        if pieces is not None:
            self.leaves.append(pieces)
            return Leaf(node, len(self.leaves) - 1)
        if isinstance(node, OutputNode) and not self._is_counted:
            name = _name(node)
            return Shown(node, name) if name else node
        if isinstance(node, BlockNode):
            node.nodes = self.plant(node.nodes)
        elif not isinstance(node, CaptureNode) and RESERVED.isdisjoint(node.block_scope()):
            for child in node.children(self._context, include_partials=False):
                self._planted(child)
            self._decide(node)
        return node

    def _decide(self, node: Node) -> None:
        match node:
            case IfNode() | UnlessNode():
                node.condition = cast(BooleanExpression, self._known(node.condition))
            case ConditionalBlockNode():
                node.expression = self._known(node.expression)
            case MultiExpressionBlockNode():
                node.expression = cast(_AnyExpression, self._known(node.expression))
            case CaseNode():
                compared = [
                    block.expression for block in node.blocks if isinstance(block, MultiExpressionBlockNode)
                ]
                if all(isinstance(expression, Decided) for expression in compared):
                    node.expression = Nil(node.token)  # nobody looks at it any more


# What decides and does nothing else: no loop, no filter, nothing that is remembered.
DECIDING = (
    Leaf,
    ContentNode,
    CommentNode,
    BlockNode,
    IfNode,
    UnlessNode,
    CaseNode,
    ConditionalBlockNode,
    MultiExpressionBlockNode,
)


def operands(template: BoundTemplate, node: Node) -> int:
    """How much a node has to look at that only decides between leaves; more than MOST_DECIDED for any other."""
    context, waiting, count = RenderContext(template), list[Node | Expression]([node]), 0
    while waiting and count <= MOST_DECIDED:
        found = waiting.pop()
        if isinstance(found, DECIDING):
            waiting += found.children(context, include_partials=False)
            waiting += found.expressions()
        elif isinstance(found, (Path, *COMPARING, *CONSTANT)):
            waiting += found.children()
            count += 1
        else:
            return MOST_DECIDED + 1
    return count
