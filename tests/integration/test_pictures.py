"""Pictures staff upload: what is read, what is refused and with which sentence, and what is stored of the rest."""

import io
import random
import re
import threading
import time

import pytest
from django.db import connection
from PIL import Image, ImageCms

from services import pictures
from services.models import Edition, Picture
from services.pictures import storing
from tests.factory import make_article, make_practitioner, make_service
from tests.photos import (
    BLUE,
    RED,
    REFUSED,
    WHITE,
    drawn,
    file_of,
    is_near,
    photo,
    read,
    refusal,
    store,
    stored_files,
)

pytestmark = pytest.mark.django_db


# What is read


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("name", ["photo.jpg", "photo.png", "photo", "photo.exe"])
def test_a_picture_is_known_by_its_bytes_and_not_by_its_name(kind, name):
    image = read(file_of(drawn(), kind), name=name)
    assert (image.mode, image.size) == ("RGB", (1600, 1200))
    assert is_near(image.getpixel((10, 10)), BLUE) and is_near(image.getpixel((1590, 10)), RED)


def test_orientation_is_applied():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: what is stored left is shown above
    image = read(file_of(drawn(), exif=exif))
    assert image.size == (1200, 1600)
    assert is_near(image.getpixel((600, 10)), BLUE) and is_near(image.getpixel((600, 1590)), RED)


def test_colours_of_another_profile_become_srgb():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"tmp1").replace(b"bXYZ", b"rXYZ").replace(b"tmp1", b"bXYZ")
    image = read(file_of(Image.new("RGB", (800, 800), (255, 0, 0)), icc_profile=swapped))
    assert is_near(image.getpixel((400, 400)), (0, 0, 255))


def test_a_profile_that_is_none_is_no_obstacle():
    image = read(file_of(drawn(), icc_profile=b"not a profile" * 20))
    assert is_near(image.getpixel((10, 10)), BLUE)


def test_print_colours_become_screen_colours():
    image = read(file_of(drawn(mode="CMYK")))
    assert image.mode == "RGB"
    assert is_near(image.getpixel((10, 10)), BLUE, by=40) and is_near(image.getpixel((1590, 10)), RED, by=40)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_other_kinds_of_pixels_become_plain_ones(mode):
    image = read(file_of(drawn(mode=mode), "PNG"))
    assert (image.mode, image.size) == ("RGB", (1600, 1200))


def test_sixteen_bits_of_grey_keep_their_brightness():
    grey = Image.new("I;16", (800, 600), 32768)
    assert is_near(read(file_of(grey, "PNG")).getpixel((400, 300)), (128, 128, 128), by=2)


@pytest.mark.parametrize("mode", ["P", "RGB", "RGBA"])
def test_what_is_clear_is_white(mode):
    if mode == "RGBA":
        data = file_of(Image.new("RGBA", (800, 600), (0, 0, 0, 0)), "PNG")
    else:
        data = file_of(Image.new(mode, (800, 600), 0), "PNG", transparency=0 if mode == "P" else (0, 0, 0))
    assert read(data).getpixel((400, 300)) == WHITE


def test_a_phone_s_picture_with_a_second_one_behind_it_is_read():
    data = file_of(drawn(), "MPO", save_all=True, append_images=[Image.new("RGB", (320, 240), WHITE)])
    assert Image.open(io.BytesIO(data)).format == "MPO"
    assert read(data).size == (1600, 1200)


def test_a_picture_of_forty_million_pixels_is_read_and_made_smaller():
    assert read(file_of(Image.new("L", (8000, 5000), 200))).size == (2560, 1600)


# What is refused


@pytest.mark.parametrize(("make", "word"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_picture_for_a_page_is_refused_with_a_sentence(make, word):
    assert word in refusal(make())


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_a_modern_picture_cut_short_is_refused(kind):
    noisy = Image.effect_noise((900, 700), 80)
    data = file_of(noisy.convert("RGB"), kind)
    refusal(data[: len(data) // 2])


def test_a_picture_whose_bytes_only_look_like_the_beginning_of_a_drawing_is_read():
    assert read(file_of(drawn(), comment=b"\x8f<sVg\x91\x07%pdF-\xa0")).size == (1600, 1200)


def test_the_smallest_and_the_longest_that_are_allowed():
    assert read(file_of(drawn(600, 200))).size == (600, 200)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF", "ignore:Tag data larger")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_file_with_wrong_bytes_anywhere_is_read_or_refused_and_nothing_else(kind):
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    whole = file_of(drawn(640, 480), kind, exif=exif, icc_profile=profile)
    chance = random.Random(3)
    refused = 0
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 3, 30])):
            data[chance.randrange(min(len(data), chance.choice([64, 4000, 10**6])))] = chance.randrange(256)
        try:
            read(bytes(data[: chance.choice([None, None, chance.randrange(len(data))])]))
        except pictures.RefusedPicture:
            refused += 1
    assert 20 < refused < 150


# What is stored


def test_sizes_are_no_wider_than_the_picture_and_every_file_is_what_it_is_called():
    picture = store(read(photo(1600, 1200)))
    assert picture.widths == [320, 640, 960, 1280]
    assert (picture.width, picture.height) == (1280, 960)
    files = stored_files(picture)
    assert len(files) == 9
    for name, path in files.items():
        with Image.open(path) as image:
            width = int(path.stem)
            assert image.format == {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}[path.suffix[1:]], name
            assert image.size == (width, width * 3 // 4), name
            assert is_near(image.convert("RGB").getpixel((5, 5)), BLUE), name


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((700, 500), [320, 640, 700]),
        ((640, 800), [320, 640]),
        ((300, 700), [300]),
        ((5000, 2500), [320, 640, 960, 1280]),
    ],
)
def test_a_narrow_picture_has_fewer_sizes(size, widths):
    assert store(read(file_of(drawn(*size)))).widths == widths


def test_nothing_of_the_upload_but_its_pixels_is_stored(media):
    exif = Image.Exif()
    exif[0x010F], exif[0x0132], exif[0x9C9C] = "Secretcam", "2026:11:01 10:00:00", "Secret note".encode("utf-16-le")
    exif.get_ifd(0x8825).update({1: "N", 2: (45.0, 31.0, 12.0), 3: "W", 4: (122.0, 40.0, 30.0)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    notes = {"exif": exif, "icc_profile": profile, "xmp": b"<x:xmpmeta>Secret xmp</x:xmpmeta>", "comment": b"Secret"}
    data = file_of(drawn(), **notes)
    assert Image.open(io.BytesIO(data)).getexif().get_ifd(0x8825), "the test's own file says where it was taken"
    files = stored_files(store(read(data)))
    assert sorted(files.values()) == sorted(path for path in media.rglob("*") if path.is_file())
    for path in files.values():
        with Image.open(path) as image:
            assert not dict(image.getexif()), path.name
            assert not {"exif", "icc_profile", "xmp", "comment", "photoshop"} & set(image.info), path.name
        assert b"ecret" not in path.read_bytes()
        assert path.read_bytes() != data


def test_names_come_from_the_bytes():
    one, again, other = store(), store(alt="The same"), store(read(photo(600, 600)))
    assert one.file_names == again.file_names
    assert not set(one.file_names) & set(other.file_names)
    assert all(re.fullmatch(r"pictures/[0-9a-f]{20}/\d+\.(avif|webp|jpg)", name) for name in one.file_names)


def test_a_file_left_half_written_is_written_again():
    picture = store()
    broken = stored_files(picture)[picture.file_names[0]]
    whole = broken.read_bytes()
    broken.write_bytes(whole[:100])
    assert stored_files(store())[picture.file_names[0]].read_bytes() == whole


def test_files_go_with_the_last_picture_that_points_to_them(media, django_capture_on_commit_callbacks):
    one, again = store(), store(alt="The same")
    with django_capture_on_commit_callbacks(execute=True):
        one.delete()
    assert all(path.exists() for path in stored_files(again).values())
    with django_capture_on_commit_callbacks() as after:
        again.delete()
    assert all(path.exists() for path in stored_files(again).values()), "not before the commit"
    for callback in after:
        callback()
    assert list((media / "pictures").iterdir()) == []


def upload_while_the_same_goes(monkeypatch):
    """Somebody uploads a picture again and is slow; meanwhile somebody else deletes the first one."""
    one, begun, write = store(), threading.Event(), storing._write

    def write_slowly(name, data):
        write(name, data)
        begun.set()
        time.sleep(0.2)

    def upload():
        store(alt="The same")
        connection.close()

    monkeypatch.setattr(storing, "_write", write_slowly)
    thread = threading.Thread(target=upload)
    thread.start()
    assert begun.wait(20)
    one.delete()
    thread.join()
    return [path.exists() for path in stored_files(Picture.objects.get()).values()]


@pytest.mark.django_db(transaction=True)
def test_files_do_not_go_while_another_upload_of_the_same_picture_is_under_way(monkeypatch):
    assert all(upload_while_the_same_goes(monkeypatch))


@pytest.mark.django_db(transaction=True)
def test_without_turns_they_would(monkeypatch):
    monkeypatch.setattr(storing, "_take_turns", lambda: None)
    assert not all(upload_while_the_same_goes(monkeypatch))


@pytest.mark.parametrize("make", [make_practitioner, make_service, make_article])
def test_a_picture_goes_with_the_last_record_that_shows_it(make, django_capture_on_commit_callbacks):
    picture = store()
    one, other = make(), make()
    for record in (one, other):
        setattr(record, pictures.field_of(type(record)), picture)
        record.save()
    one.delete()
    assert Picture.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        type(other).objects.all().delete()
    assert not Picture.objects.exists()
    assert not any(path.exists() for path in stored_files(picture).values())


@pytest.mark.parametrize("make", [make_practitioner, make_service, make_article])
def test_a_deleted_picture_leaves_the_record_that_showed_it(make):
    record = make()
    field = pictures.field_of(type(record))
    setattr(record, field, store())
    record.save()
    Picture.objects.all().delete()
    record.refresh_from_db()
    assert getattr(record, field) is None


@pytest.mark.django_db(transaction=True)
def test_another_description_makes_another_edition_of_the_pages():
    store()
    before = Edition.objects.get().number
    Picture.objects.update(alt="Mara at the window")
    assert Edition.objects.get().number != before
