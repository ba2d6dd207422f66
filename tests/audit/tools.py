"""The three judges, each with one function: addresses in, what it has against them out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser

from tests import chromium

HERE = Path(__file__).parent
FOLDER = settings.BASE_DIR / ".audit"
NODE = FOLDER / "node_modules" / "node" / "bin" / "node"
LIGHTHOUSE = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
CHECKER = FOLDER / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]


def install() -> None:
    """Lighthouse, its Node and the checker, as locked; a minute the first time."""
    FOLDER.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, FOLDER)
    if not CHECKER.exists() or not LIGHTHOUSE.exists():
        command = ["npm", "ci", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, cwd=FOLDER, check=True, env={**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1"})
    if not NODE.exists():
        sys.exit("npm left out the script that fetches Node; run `npm rebuild node` in .audit/.")


def axe(browser: Browser, url: str) -> list[str]:
    """Rules broken at 390 and 1280 px, light and dark."""
    broken = set()
    for width, scheme in ((390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")):
        context = browser.new_context(
            viewport={"width": width, "height": 2000}, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce"
        )
        page = context.new_page()
        page.goto(url)
        broken |= {rule["id"] for rule in Axe().run(page).response["violations"]}
        context.close()
    return sorted(broken)


def lighthouse(url: str, *, is_private: bool) -> tuple[list[int], list[str]]:
    """The four scores of the mobile preset and what they lost by; a private page may keep search engines out."""
    command = [NODE, LIGHTHOUSE, url, "--output=json", "--quiet", f"--only-categories={','.join(CATEGORIES)}"]
    command += [f"--chrome-flags={' '.join(chromium.FLAGS)}"]
    command += ["--skip-audits=is-crawlable"] if is_private else []
    environment = {**os.environ, "CHROME_PATH": chromium.EXECUTABLE}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        return [0] * len(CATEGORIES), done.stderr.strip().splitlines()[-3:]
    report = json.loads(done.stdout)
    categories = [report["categories"][name] for name in CATEGORIES]
    counted = {audit["id"] for one in categories for audit in one["auditRefs"] if audit["weight"]}
    lost = [_complaint(report["audits"][name]) for name in sorted(counted) if report["audits"][name]["score"] == 0]
    return [round(100 * (one["score"] or 0)) for one in categories], lost


def _complaint(audit: dict) -> str:
    places = [item.get("node", {}).get("snippet", "") for item in audit.get("details", {}).get("items", [])]
    return " ".join([audit["title"], *places])


def checker(pages: dict[str, str]) -> dict[str, list[str]]:
    """What the Nu HTML checker calls an error, by page."""
    with TemporaryDirectory() as folder:
        for name, url in pages.items():
            Path(folder, f"{name}.html").write_text(httpx.get(url, follow_redirects=True).text)
        command = ["java", "-jar", CHECKER, "--errors-only", "--format", "json", folder]
        done = subprocess.run(command, capture_output=True, text=True)
    found: dict[str, list[str]] = {name: [] for name in pages}
    for message in json.loads(done.stderr)["messages"]:
        found[Path(message["url"]).stem].append(f"{message['message']} (line {message.get('lastLine')})")
    return found
