"""The template language of editors' texts: `if`, `for` and a few filters, none of which can produce huge output."""

from django.template import Engine, Library, Template, TemplateSyntaxError, defaultfilters, defaulttags
from django.template.base import Variable
from django.template.defaulttags import ForNode

LONGEST = 10_000

register = Library()
for _tag in (defaulttags.do_if, defaulttags.do_for):
    register.tag(_tag.__name__.removeprefix("do_"), _tag)
# Left out: filters that pad (ljust, stringformat), repeat (join) or concatenate (add).
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
    """Compile an editor's text. Raises TemplateSyntaxError for anything that isn't allowed."""
    if len(text) > LONGEST:
        raise TemplateSyntaxError(f"A message has at most {LONGEST} characters.")
    template = _Renderer(autoescape=False).from_string(text)
    for loop in template.nodelist.get_nodes_by_type(ForNode):
        if len(loop.get_nodes_by_type(ForNode)) > 1:
            raise TemplateSyntaxError("A list can't be gone through inside another.")
        if not isinstance(loop.sequence.var, Variable):
            raise TemplateSyntaxError("Only one of the words can be gone through, such as items.")
    return template
