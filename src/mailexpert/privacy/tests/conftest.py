from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def in_dutch() -> Iterator[None]:
    """A page that an earlier test asked for leaves its language behind."""
    with translation.override("nl"):
        yield
