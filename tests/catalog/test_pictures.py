"""Image renditions: created in the background and read in one query by lists."""

from datetime import timedelta
from pathlib import Path

import pytest
from wagtail.models import ReferenceIndex

from academies.kernel import clock
from academies.outbox.actions import drain
from academies.outbox.models import Message
from catalog.courses.models import Instructor
from catalog.library import actions, rules
from catalog.library.models import Rendition
from catalog.library.queries import picture_of, pictures
from home.pages.models import HomePage
from tests.fixtures import catalog_factory

pytestmark = pytest.mark.django_db


def test_publishing_a_course_makes_the_sizes_of_its_cover(north):
    course = catalog_factory.course(cover=catalog_factory.picture())
    assert not Rendition.objects.exists()

    drain()

    assert set(course.cover.renditions.values_list("filter_spec", flat=True)) == set(rules.COVER.values())


def test_each_use_has_its_own_sizes(north):
    home = HomePage.objects.get()
    home.picture = catalog_factory.picture("Shop")
    home.save_revision().publish()
    teacher = Instructor(name="Ana", slug="ana", portrait=catalog_factory.picture("Ana"))
    teacher.save()
    teacher.save_revision().publish()

    drain()

    sizes = {title: set() for title in ("Shop", "Ana")}
    for title, spec in Rendition.objects.values_list("image__title", "filter_spec"):
        sizes[title].add(spec)
    assert sizes["Ana"] == set(rules.FACE.values())
    assert sizes["Shop"] == {*rules.HERO.values(), *rules.SHARE.values()}


def test_a_replaced_file_gets_its_sizes_again(north, time_machine):
    course = catalog_factory.course(cover=catalog_factory.picture())
    drain()
    ReferenceIndex.create_or_update_for_object(course)
    cover = course.cover
    cover.renditions.all().delete()

    cover.save()
    time_machine.move_to(clock.now() + timedelta(seconds=10))
    drain()

    assert cover.renditions.count() == len(rules.COVER)


def test_rendering_twice_is_rendering_once(north):
    image = catalog_factory.picture()
    specs = list(rules.CARD.values())

    assert actions.render(image_id=image.pk, specs=specs) == 2
    assert actions.render(image_id=image.pk, specs=specs) == 2
    assert image.renditions.count() == 2


def test_a_picture_that_is_gone_or_broken_breaks_nothing(north):
    broken = catalog_factory.picture()
    Path(broken.file.path).write_bytes(b"no picture")

    assert actions.render(image_id=999_999, specs=["fill-400x225"]) == 0
    assert actions.render(image_id=broken.pk, specs=["fill-400x225|format-webp"]) == 0


def test_many_pictures_are_one_query(north, django_assert_num_queries):
    images = [catalog_factory.picture(f"Loaf {number}") for number in range(3)]
    for image in images:
        actions.render(image_id=image.pk, specs=list(rules.COVER.values()))

    with django_assert_num_queries(1):
        renditions = pictures([image.pk for image in images] + [None])

    assert set(renditions) == {image.pk for image in images}
    assert list(renditions[images[0].pk].sizes) == list(rules.COVER)


def test_a_missing_picture_is_asked_for_once_a_minute(north):
    image = catalog_factory.picture()

    for _ in range(3):
        assert pictures([image.pk]) == {}

    assert Message.objects.filter(name="library.render").count() == 1


def test_a_picture_fetched_with_its_sizes_asks_nothing(north, django_assert_num_queries):
    course = catalog_factory.course(cover=catalog_factory.picture())
    drain()
    cover = type(course.cover).objects.prefetch_related("renditions").get()

    with django_assert_num_queries(0):
        shown = picture_of(cover)

    assert shown.alt == "A loaf on a board"
    assert shown.image.renditions["share"].width == 1200
    assert picture_of(None).image is None
