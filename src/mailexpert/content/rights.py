"""Who may put what into a mail."""

from mailexpert.content.blocks.read import document
from mailexpert.content.blocks.values import Block, Code, Columns
from mailexpert.content.problems import SourceError


def new_code(before: str, after: str) -> bool:
    """Whether a mail of blocks gained HTML of its own: only administrators of the account may write that."""
    return bool(_code(after) - _code(before))


def count_blocks(source: str) -> int:
    try:
        return len(document(source).blocks)
    except SourceError:
        return 0


def _code(source: str) -> set[str]:
    try:
        made = document(source)
    except SourceError:
        return set()
    return {block.html for block in _all(made.blocks) if isinstance(block, Code) and block.html.strip()}


def _all(blocks: tuple[Block, ...]) -> list[Block]:
    inner = [
        one for block in blocks if isinstance(block, Columns) for column in block.columns for one in column
    ]
    return [*blocks, *inner]
