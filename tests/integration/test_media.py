"""The media folder over HTTP: files named by their hash, kept for ever by browsers; nothing else, nothing outside."""

import os

import pytest

FOREVER = "public, max-age=31536000, immutable"
HASH = "0123456789abcdef0123"
pytestmark = pytest.mark.django_db  # the page of an address that nobody answers shows the clinic's telephone
KINDS = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "avif": "image/avif"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """The media folder, inside a folder with a secret."""
    settings.MEDIA_ROOT = tmp_path / "media"
    for name in ("cards", f"pictures/{HASH}", "letters"):
        (settings.MEDIA_ROOT / name).mkdir(parents=True)
    (tmp_path / f"{HASH}.png").write_bytes(b"secret")
    return settings.MEDIA_ROOT


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stem", [f"cards/{HASH}", f"pictures/{HASH}/800"])
def test_a_file_named_by_its_hash_is_served_for_ever(client, folder, stem, kind):
    (folder / f"{stem}.{kind}").write_bytes(b"picture")
    answer = client.get(f"/media/{stem}.{kind}")
    assert (answer.status_code, answer.content) == (200, b"picture")
    assert answer["Content-Type"] == KINDS[kind]
    assert answer["Cache-Control"] == FOREVER
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Content-Disposition" not in answer and "Set-Cookie" not in answer and "Vary" not in answer


def test_who_has_it_already_gets_nothing_again(client, folder):
    (folder / f"cards/{HASH}.png").write_bytes(b"picture")
    tag = client.get(f"/media/cards/{HASH}.png")["ETag"]
    again = client.get(f"/media/cards/{HASH}.png", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", FOREVER)
    (folder / f"pictures/{HASH}/800.png").write_bytes(b"other")
    assert client.get(f"/media/pictures/{HASH}/800.png")["ETag"] != tag


def test_a_head_request_has_the_length_and_no_content(client, folder):
    (folder / f"cards/{HASH}.png").write_bytes(b"picture")
    answer = client.head(f"/media/cards/{HASH}.png")
    assert (answer.status_code, answer.content, answer["Content-Length"]) == (200, b"", "7")
    assert client.post(f"/media/cards/{HASH}.png").status_code == 405


@pytest.mark.parametrize(
    "name",
    [
        "cards/portrait.png",
        "letters/secret.txt",
        f"cards/{HASH}.svg",
        f"cards/{HASH}.html",
        f"cards/{HASH}.png.html",
        f"cards/{HASH}.PNG",
        f"cards/{HASH}.png\n",
        f"{HASH}.png",
        f"cards/.{HASH}.png",
    ],
)
def test_a_file_of_another_name_is_not_served_though_it_is_there(client, folder, name):
    (folder / name).write_bytes(b"here")
    assert client.get(f"/media/{name}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        f"/media/../{HASH}.png",
        f"/media/cards/../../{HASH}.png",
        f"/media/%2e%2e/{HASH}.png",
        f"/media/cards/%2e%2e%2f%2e%2e%2f{HASH}.png",
        f"/media//etc/{HASH}.png",
        f"/media/cards/{HASH}.png%00",
        f"/media/cards/%00/{HASH}.png",
        f"/media/cards\\..\\..\\{HASH}.png",
        "/media/",
        "/media/cards/",
        f"/media/pictures/{HASH}/",
        f"/media/cards/{HASH}.png/",
        f"/media/cards/{'f' * 20}.png",
    ],
)
def test_nothing_outside_and_nothing_absent_is_served(client, folder, path):
    (folder / f"cards/{HASH}.png").write_bytes(b"here")
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Cache-Control" not in answer or "immutable" not in answer["Cache-Control"]


def test_a_link_that_leads_out_is_not_followed(client, folder):
    os.symlink(folder.parent / f"{HASH}.png", folder / f"cards/{HASH}.png")
    assert client.get(f"/media/cards/{HASH}.png").status_code == 404


def test_a_folder_with_a_file_s_name_is_not_served(client, folder):
    (folder / f"cards/{HASH}.png").mkdir()
    assert client.get(f"/media/cards/{HASH}.png").status_code == 404
