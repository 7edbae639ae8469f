"""How `make setup` finds its installer; the tools stand beside the package, so they are loaded by path."""

import hashlib
import importlib.util
import io
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

TOOLS = Path(__file__).parents[4] / "tools"
ADDRESS = "https://pakketten.example/simple"


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def uv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    module = tool("bootstrap_uv")
    monkeypatch.setattr(module, "PIP_FILES", (tmp_path / "pip.conf",))
    for name in module.SAME:
        monkeypatch.delenv("PIP_" + name.upper().replace("-", "_"), raising=False)
    for name in (*module.SAME.values(), "UV_INDEX_URL", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    return module


@pytest.fixture
def wheel(uv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A folder with a wheel that fits this machine."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("uv-1.0.data/scripts/uv", "#!/bin/sh\necho uv 1.0\n")
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "uv-1.0-py3-none-any.whl").write_bytes(content.getvalue())
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.setattr(uv, "_fits", lambda _name: True)
    return content.getvalue()


def lock(folder: Path, content: bytes) -> Path:
    path = folder / "uv.txt"
    path.write_text(f"uv==1.0 \\\n    --hash=sha256:{hashlib.sha256(content).hexdigest()}\n")
    return path


def test_uv_gets_the_index_that_pip_was_given(uv: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text(f"[global]\nindex-url = {ADDRESS}\ncert = /etc/ssl/own.pem\n")
    assert uv.settings() == {
        "UV_DEFAULT_INDEX": ADDRESS,
        "SSL_CERT_FILE": "/etc/ssl/own.pem",
        "UV_PYTHON_DOWNLOADS": "never",
    }


def test_uvs_own_settings_stand_above_pips(
    uv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://elders.example/simple\n")
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"eigen={ADDRESS}")
    assert "UV_DEFAULT_INDEX" not in uv.settings()
    assert uv.sources() == [f"{ADDRESS}/uv/"]


def test_without_venv_pip_or_index_it_says_what_to_install(
    uv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uv, "_fails", lambda _command: True)
    with pytest.raises(uv.NoUv, match="apt-get install python3-venv"):
        uv.fetch(tmp_path, lock(tmp_path, b""))


def test_a_wheel_with_the_right_hash_is_unpacked_and_found_again(
    uv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wheel: bytes
) -> None:
    monkeypatch.setattr(uv, "_by_venv", lambda *_: "no venv")
    monkeypatch.setattr(uv, "_by_pip", lambda *_: "no pip")
    monkeypatch.setattr(uv.shutil, "which", lambda _name: None)
    known = lock(tmp_path, wheel)
    uv.fetch(tmp_path / "tools", known)
    assert uv.at_hand(tmp_path / "tools", known) == tmp_path / "tools" / "uv" / "bin" / "uv"
    assert uv.at_hand(tmp_path / "tools", lock(tmp_path, b"a newer lock")) is None


def test_a_wheel_with_another_hash_is_refused(uv: ModuleType, tmp_path: Path, wheel: bytes) -> None:
    said = uv._by_wheel(tmp_path / "uv", lock(tmp_path, b"other content"))
    assert "no uv 1.0 for this machine with a hash that stands in locks/uv.txt" in said
    assert not (tmp_path / "uv").exists()


@pytest.mark.parametrize(
    ("configured", "prefix", "slow"),
    [
        (
            "'--prefix=/home/ida/.pyenv/versions/3.11.7' '--enable-shared'",
            "/home/ida/.pyenv/versions/3.11.7",
            True,
        ),
        ("'--enable-optimizations' '--with-lto'", "/usr/local", False),
        ("'--enable-shared' '--prefix=/usr'", "/usr", False),  # Debian optimises by a way of its own
        (None, "C:/Python311", False),
    ],
)
def test_a_python_that_was_built_by_hand_without_optimisation_is_known(
    monkeypatch: pytest.MonkeyPatch, configured: str | None, prefix: str, slow: bool
) -> None:
    monkeypatch.syspath_prepend(TOOLS)
    assert tool("bootstrap").slow_build(configured, prefix) is slow


def test_no_address_of_an_index_stands_in_the_tools() -> None:
    for path in TOOLS.glob("bootstrap*.py"):
        assert "https://" not in path.read_text().replace("https://…", ""), path
