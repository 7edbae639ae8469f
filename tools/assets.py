"""Copy what the pages need from node_modules and django-htmx to the web room's static/vendor; CodeMirror and
GrapesJS come in modules, and are made into one file each.

npm ci && python tools/assets.py
"""

import gzip
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE = ROOT / "node_modules"
TARGET = ROOT / "src" / "mailexpert" / "web" / "static" / "vendor"

FROM_NODE = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "uplot/dist/uPlot.iife.min.js": "uplot.min.js",
    "uplot/dist/uPlot.min.css": "uplot.min.css",
    "grapesjs/dist/css/grapes.min.css": "grapes.min.css",
}
BUNDLES = {"codemirror.js": ("codemirror.min.js", "esm"), "grapes.js": ("grapes.min.js", "iife")}
SOURCE_MAP = re.compile(r"\s*(//[#@] sourceMappingURL=\S+|/\*[#@] sourceMappingURL=\S+ \*/)\s*\Z")
WEIGHTS = {"sans": (400, 500, 600), "mono": (400, 500)}
SUBSETS = ("latin", "latin-ext")


def fonts() -> dict[str, str]:
    names = {}
    for family, weights in WEIGHTS.items():
        for weight in weights:
            for subset in SUBSETS:
                name = f"ibm-plex-{family}-{subset}-{weight}-normal.woff2"
                names[f"@fontsource/ibm-plex-{family}/files/{name}"] = f"fonts/{name}"
    return names


def htmx() -> Path:
    spec = importlib.util.find_spec("django_htmx")
    if spec is None or spec.origin is None:
        raise SystemExit("django-htmx is not installed in this environment; run `make setup`.")
    return Path(spec.origin).parent / "static" / "django_htmx" / "htmx-2.min.js"


def copy(source: Path, target: Path) -> None:
    if not source.exists():
        raise SystemExit(f"{source} is missing; run `npm ci` first.")
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix in {".css", ".js"}:
        # Source maps aren't shipped, and the manifest of static files refuses a reference to nothing.
        text = (SOURCE_MAP.sub("", source.read_text(encoding="utf-8")).rstrip() + "\n").encode()
        target.write_bytes(text)
        # The web process offers what lies beside a file: Tabler is 635 kB, compressed a seventh of that.
        target.with_name(target.name + ".gz").write_bytes(gzip.compress(text, mtime=0))
    else:
        shutil.copyfile(source, target)


def bundle(source: Path, target: Path, form: str) -> None:
    # The binary itself: npm's own command for it needs node on the path.
    esbuild = next(NODE.glob("@esbuild/*/bin/esbuild"), None)
    if esbuild is None:
        raise SystemExit("esbuild is missing; run `npm ci` first.")
    options = ["--bundle", "--minify", f"--format={form}", "--legal-comments=none", "--log-level=warning"]
    subprocess.run([esbuild, source, *options, f"--outfile={target}"], check=True)
    copy(target, target)


def main() -> int:
    shutil.rmtree(TARGET, ignore_errors=True)
    for source, target in (FROM_NODE | fonts()).items():
        copy(NODE / source, TARGET / target)
    copy(htmx(), TARGET / "htmx.min.js")
    for source, (name, form) in BUNDLES.items():
        bundle(ROOT / "tools" / source, TARGET / name, form)
    print(f"{sum(path.is_file() for path in TARGET.rglob('*'))} files in {TARGET.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
