"""Every category and purpose in the register is a term of fideslang, or one of ours that says so."""

import pytest
from fideslang import DEFAULT_TAXONOMY

from mailexpert.core import register

CATEGORIES = {term.fides_key for term in DEFAULT_TAXONOMY.data_category}
USES = {term.fides_key for term in DEFAULT_TAXONOMY.data_use}
OURS = "x_mail."


def categories() -> set[str]:
    columns = {column.category for table in register.tables().values() for column in table.columns.values()}
    arguments = {category for job in register.jobs().values() for category in job.arguments.values()}
    cookies = {cookie.category for cookie in register.cookies().values()}
    folders = {folder.category for folder in register.folders().values()}
    return columns | arguments | cookies | folders | set(register.LOG_FIELDS.values())


def uses() -> set[str]:
    return (
        {table.purpose for table in register.tables().values()}
        | {cookie.use for cookie in register.cookies().values()}
        | {folder.purpose for folder in register.folders().values()}
    )


@pytest.mark.parametrize("category", sorted(categories()))
def test_a_category_is_a_term_of_the_taxonomy(category: str) -> None:
    assert category in CATEGORIES or category.startswith(OURS)


@pytest.mark.parametrize("use", sorted(uses()))
def test_a_purpose_is_a_term_of_the_taxonomy(use: str) -> None:
    assert use in USES or use.startswith(OURS)
