"""tools/messages.py: what the rooms say in Dutch is complete, and stays what a person wrote."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).resolve().parents[4] / "tools" / "messages.py"


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", TOOL)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    monkeypatch.setattr(module, "ROOMS", tmp_path)
    room = tmp_path / "shop"
    (room / "templates").mkdir(parents=True)
    (room / "__init__.py").write_text("")
    return module


def write(tool: ModuleType, name: str, text: str) -> None:
    (tool.ROOMS / "shop" / name).write_text(text, encoding="utf-8")


def translate(tool: ModuleType, english: str, dutch: str) -> None:
    path = tool.po_path("shop")
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{dutch}"'), "utf-8"
    )


def test_words_are_found_in_code_and_in_templates(tool: ModuleType) -> None:
    write(tool, "views.py", 'title = _("Orders")\n')
    write(
        tool,
        "templates/a.html",
        '  {% translate "Basket" %}\n<p>{% blocktranslate %}{{ n }} left{% endblocktranslate %}',
    )
    assert {key[0] for key in tool.messages(tool.used("shop"))} == {"Orders", "Basket", "%(n)s left"}


def test_an_update_keeps_the_dutch_and_drops_what_is_not_used(tool: ModuleType) -> None:
    write(tool, "views.py", 'a = _("Orders")\nb = _("Basket")\n')
    tool.update("shop")
    translate(tool, "Orders", "Bestellingen")
    write(tool, "views.py", 'a = _("Orders")\n')
    tool.update("shop")
    assert {key[0]: m.string for key, m in tool.messages(tool.written("shop")).items()} == {
        "Orders": "Bestellingen"
    }
    assert list(tool.faults("shop")) == []


def test_a_second_update_changes_no_byte(tool: ModuleType) -> None:
    write(tool, "views.py", 'a = _("Orders")\nb = ngettext("%(n)s order", "%(n)s orders", 2)\n')
    tool.update("shop")
    before = tool.po_path("shop").read_bytes()
    tool.update("shop")
    assert tool.po_path("shop").read_bytes() == before


@pytest.mark.parametrize(
    ("dutch", "fault"),
    [("", "no Dutch"), ("%(m)s bestellingen", "other placeholders"), ("%(n)s bestellingen", None)],
)
def test_the_check_finds_missing_dutch_and_lost_placeholders(
    tool: ModuleType, dutch: str, fault: str | None
) -> None:
    write(tool, "views.py", 'a = _("%(n)s orders")\n')
    tool.update("shop")
    translate(tool, "%(n)s orders", dutch)
    found = list(tool.faults("shop"))
    assert [fault in line for line in found] == [True] if fault else found == []


def test_words_that_nobody_extracted_are_a_fault(tool: ModuleType) -> None:
    write(tool, "views.py", 'a = _("Orders")\n')
    assert list(tool.faults("shop")) == ["shop: not in django.po: 'Orders'"]
