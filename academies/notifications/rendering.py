"""What may stand in an academy's own words: if, for, and a few filters. None of them makes much out of little."""

from django.template import Engine, Library, Template, TemplateSyntaxError, defaultfilters, defaulttags
from django.template.base import Variable
from django.template.defaulttags import ForNode

LONGEST = 10_000

register = Library()
for _tag in (defaulttags.do_if, defaulttags.do_for):
    register.tag(_tag.__name__.removeprefix("do_"), _tag)
# Not among them: what fills up (ljust, stringformat), repeats (join) or joins (add) what was made before.
for _name in (
    "capfirst",
    "default",
    "first",
    "last",
    "length",
    "lower",
    "pluralize",
    "title",
    "truncatechars",
    "upper",
):
    register.filter(_name, defaultfilters.register.filters[_name])


class _Renderer(Engine):
    default_builtins = [__name__]


def compiled(text: str) -> Template:
    """Return an editor's words, ready to be filled in. Raises TemplateSyntaxError for what has no place in them."""
    if len(text) > LONGEST:
        raise TemplateSyntaxError(f"A message has at most {LONGEST} characters.")
    template = _Renderer(autoescape=False).from_string(text)
    for loop in template.nodelist.get_nodes_by_type(ForNode):
        if len(loop.get_nodes_by_type(ForNode)) > 1:
            raise TemplateSyntaxError("A list can't be gone through inside another.")
        if not isinstance(loop.sequence.var, Variable):
            raise TemplateSyntaxError("Only one of the words can be gone through, such as items.")
    return template
