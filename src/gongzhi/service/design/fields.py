"""How a form's field is shown: label, help, what is wrong, and all of it said to a screen reader."""

from __future__ import annotations

from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    ClearableFileInput,
    FileInput,
    RadioSelect,
    Select,
)


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, ClearableFileInput | FileInput):
        return "file"
    return "select" if isinstance(widget, Select) else "text"


def _said_with(bound: BoundField, help: str) -> str:
    """The ids that a screen reader reads with the field."""
    ids = []
    if help:
        ids.append(f"{bound.id_for_label or bound.auto_id}-help")
    if bound.errors:
        ids.append(f"{bound.id_for_label or bound.auto_id}-wrong")
    return " ".join(ids)


def describe(bound: BoundField, label: str = "", help: str = "") -> dict[str, object]:
    """Everything the template of a field needs."""
    kind = _kind(bound)
    help = help or str(bound.help_text or "")
    attributes: dict[str, str | bool] = {}
    if kind in ("text", "file"):
        attributes["class"] = "form-control"
    elif kind == "select":
        attributes["class"] = "form-select"
    said = _said_with(bound, help)
    if said and kind != "choices":
        attributes["aria-describedby"] = said
    if bound.errors and kind != "choices":
        attributes["aria-invalid"] = "true"
    own = bound.field.widget.attrs.get("class")
    if own and "class" in attributes:
        attributes["class"] = f"{attributes['class']} {own}"
    return {
        "bound": bound,
        "kind": kind,
        "label": label or bound.label,
        "help": help,
        "said_with": said,
        "control": bound.as_widget(attrs=attributes) if kind != "choices" else "",
        "anchor": bound.id_for_label or bound.auto_id,
    }


def _anchor(bound: BoundField) -> str:
    """The id of the field's first control, so that a link to it puts the reader there."""
    if _kind(bound) == "choices":
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id


def problems(form: BaseForm) -> list[tuple[str, str]]:
    """``(anchor, sentence)`` for all that is wrong; the anchor is empty for the form as a whole."""
    whole = [("", str(error)) for error in form.non_field_errors()]
    single = [(_anchor(bound), f"{bound.label}: {error}") for bound in form for error in bound.errors]
    return whole + single
