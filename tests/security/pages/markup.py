"""What a browser without JavaScript finds in a page: its links and its forms."""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any

CHOSEN = {"radio", "checkbox"}
BLACK = "#000000"
"""What a browser makes of a colour that is none."""


@dataclass
class Control:
    """An input, a choice, a text or a button of a form, with what it would send."""

    name: str
    kind: str
    value: str = ""
    chosen: bool = True
    options: list[str] = field(default_factory=list)

    @property
    def is_typed(self) -> bool:
        """Whether a person gives it its value: not hidden, not a button."""
        return self.kind not in {"hidden", "button", "file"}


@dataclass
class HtmlForm:
    """A form as it stands in a page."""

    page: str
    action: str
    method: str = "get"
    multipart: bool = False
    id: str = ""
    controls: list[Control] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(control.name for control in self.controls if control.name))

    def sent(self) -> list[tuple[str, str]]:
        """The fields as a browser would send them, by the first of its buttons."""
        buttons = [control for control in self.controls if control.kind == "button"]
        return [
            (control.name, control.value or BLACK if control.kind == "color" else control.value)
            for control in self.controls
            if control.chosen and control.kind not in {"button", "file"}
        ] + [(button.name, button.value) for button in buttons[:1] if button.name]


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.links: list[str] = []
        self.forms: list[HtmlForm] = []
        self.form: HtmlForm | None = None
        self.taking: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.links += [said[name] for name in ("href", "hx-get") if name in said]
        if tag == "form":
            self.form = HtmlForm(
                self.page,
                said.get("action", self.page),
                said.get("method", "get"),
                "enctype" in said,
                said.get("id", ""),
            )
            self.forms.append(self.form)
        elif tag == "option" and self.taking:
            self.taking.options.append(said.get("value", ""))
            if "selected" in said or len(self.taking.options) == 1:
                self.taking.value = said.get("value", "")
        elif (form := self._form_of(said)) and (said.get("name") or tag == "button"):
            self._control(tag, said, form)

    def _form_of(self, said: dict[str, str]) -> HtmlForm | None:
        """The form around a control, or the one before it that its attribute ``form`` names."""
        if "form" in said:
            return next((form for form in self.forms if form.id == said["form"]), None)
        return self.form

    def _control(self, tag: str, said: dict[str, str], form: HtmlForm) -> None:
        kind = said.get("type", "text") if tag == "input" else tag
        chosen = kind not in CHOSEN or "checked" in said
        control = Control(said.get("name", ""), kind, said.get("value", ""), chosen)
        form.controls.append(control)
        if "formaction" in said:
            self.forms.append(replace(form, action=said["formaction"], id=""))  # with the same controls
        self.taking = control if tag in {"select", "textarea"} else None

    def handle_data(self, data: str) -> None:
        if self.taking and self.taking.kind == "textarea":
            self.taking.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag in {"select", "textarea"}:
            self.taking = None


def read_page(path: str, html: str) -> Any:
    """The links and the forms of a page."""
    reader = _Reader(path)
    reader.feed(html)
    reader.close()
    return reader
