"""Small tasks at an event, as its organizer names them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, Form, FormField, IntegerField, StringField
from wtforms.validators import Length, Optional

from domain.tasks import LONGEST, MOST, MOST_PEOPLE, TaskDraft
from web.forms.numbers import Between
from web.forms.words import tidy


class TaskRow(Form):  # type: ignore[misc]
    """One task; left empty, there is none."""

    label = StringField(
        _l("What is there to do?"),
        [Optional(), Length(max=LONGEST, message=_l("Use up to 60 letters."))],
        filters=[tidy],
    )
    people = IntegerField(
        _l("For how many people?"),
        [Optional(), Between(1, MOST_PEOPLE, _l("Enter a number from 1 to 20."))],
        default=1,
    )


class TasksForm(FlaskForm):  # type: ignore[misc]
    """Up to five of them."""

    tasks = FieldList(FormField(TaskRow), min_entries=MOST, max_entries=MOST)

    def drafts(self) -> list[TaskDraft]:
        """Return the tasks that were named."""
        return [
            TaskDraft(label=each.label.data, people=each.people.data or 1)
            for each in self.rows()
            if each.label.data
        ]

    def problem(self, text: str) -> None:
        """Say what stands against them all."""
        field: Field = self.tasks[0].form.label
        field.errors = [*field.errors, text]

    def rows(self) -> list[Any]:
        """Return the rows, each with its two fields."""
        return [row.form for row in self.tasks]
