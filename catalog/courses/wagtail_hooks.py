"""The admin menu "Courses"."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import ObjectList
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from catalog.courses.forms import InstructorForm
from catalog.courses.models import Category, CoursePage, Instructor


class CourseListing(PageListingViewSet):
    """All courses in one flat list: editors need not know the tree."""

    model = CoursePage
    name = "course_listing"
    menu_label = _("All courses")
    icon = "openquote"
    menu_order = 100
    columns = [
        *PageListingViewSet.columns[:2],
        Column("level", label=_("Level"), classname="on-desks", accessor=lambda course: course.get_level_display()),
        Column("category", label=_("Category"), classname="on-desks", accessor=lambda course: course.category or "–"),
        *PageListingViewSet.columns[2:],
    ]


class InstructorViewSet(SnippetViewSet):
    model = Instructor
    edit_handler = ObjectList(Instructor.panels, base_form_class=InstructorForm)
    icon = "user"
    menu_label = _("Instructors")
    list_display = ["name", "role", DateColumn("latest_revision__created_at", label=_("Changed"))]
    search_fields = ["name", "role"]
    search_backend_name = None
    ordering = ["name"]


class CategoryViewSet(SnippetViewSet):
    model = Category
    icon = "tag"
    menu_label = _("Categories")
    list_display = ["name", "slug"]
    search_fields = ["name"]
    search_backend_name = None
    ordering = ["name"]


class CoursesGroup(SnippetViewSetGroup):
    menu_label = _("Courses")
    menu_icon = "openquote"
    menu_order = 110
    items = (CourseListing, InstructorViewSet, CategoryViewSet)


register_snippet(CoursesGroup)
