"""A fetched page as a small tree: enough to find a form, a label, a heading. Standard library only."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


@dataclass(eq=False, slots=True)
class Element:
    """One element; text stands among its children. `page` holds all elements of the tree in order, those below this one from
    `start` on and before `end`: pages are walked more often than anything else here.
    """

    tag: str
    attrs: dict[str, str]
    page: list["Element"]
    parent: "Element | None" = None
    children: list["Element | str"] = field(default_factory=list)
    start: int = 0
    end: int = 0

    def __post_init__(self) -> None:
        self.start = len(self.page)
        self.page.append(self)

    def __getitem__(self, name: str) -> str:
        return self.attrs[name]

    def get(self, name: str, default: str = "") -> str:
        return self.attrs.get(name, default)

    def walk(self) -> list["Element"]:
        """This element and everything below it, in order."""
        return self.page[self.start : self.end]

    def all(self, *tags: str, **attrs: str) -> list["Element"]:
        """Elements below of these tags, with these attributes (`class_` means: has this class; `data_x` is data-x)."""
        found = [e for e in self.walk() if e.tag in tags] if tags else self.walk()
        return [e for e in found if e._has(attrs)] if attrs else found

    def first(self, *tags: str, **attrs: str) -> "Element":
        """The first of `all`; AssertionError when there is none."""
        found = self.all(*tags, **attrs)
        assert found, f"no <{'|'.join(tags)}> with {attrs}"
        return found[0]

    def _has(self, attrs: dict[str, str]) -> bool:
        for name, value in attrs.items():
            if name == "class_":
                if value not in self.get("class").split():
                    return False
            elif self.attrs.get(name.rstrip("_").replace("_", "-")) != value:
                return False
        return True

    def inside(self, *tags: str) -> "Element | None":
        """The nearest element around this one with one of these tags."""
        above = self.parent
        while above is not None and above.tag not in tags:
            above = above.parent
        return above

    @property
    def text(self) -> str:
        """All text below, spaces collapsed, as a reader sees it (no script, no template)."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        if self.tag in ("script", "style", "template"):
            return
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()
                if child.tag in ("p", "div", "li", "tr", "td", "th", "option", "br", "h1", "h2", "h3", "section", "label", "a"):
                    yield " "


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#page", {}, [])
        self.here = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        assert len(names) == len(set(names)), f"<{tag}> says one attribute twice: {names}"
        made = Element(tag, {name: value or "" for name, value in attrs}, self.root.page, self.here)
        made.end = made.start + 1
        self.here.children.append(made)
        if tag not in _VOID:
            self.here = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        open_ = self.here
        while open_.tag not in (tag, "#page"):
            assert open_.tag in ("p", "li", "td", "th", "tr", "option", "dt", "dd"), f"</{tag}> closes <{open_.tag}>"
            open_.end = len(self.root.page)
            open_ = open_.parent or self.root
        assert open_.tag == tag, f"</{tag}> closes nothing"
        open_.end = len(self.root.page)
        self.here = open_.parent or self.root

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def parse(html: str) -> Element:
    """The tree of a page or fragment; AssertionError when elements are not closed in order."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.here is builder.root, f"<{builder.here.tag} {builder.here.attrs}> is never closed"
    builder.root.end = len(builder.root.page)
    return builder.root
