"""The built-in checklist generator, which answers when no AI provider does. How it works: docs/checklists.md.

`checklist` builds. `recognition` tells the type; `reading` finds what a card says is to be done, with `markup` for
Markdown and HTML, `sentences`, and `statements` for one sentence; `wording` puts it, `meaning` compares.
`evidence`, `vocabulary` and `lists` are data.
"""

from tasks.generation.checklist import Checklist, Suggested, Task, build, built_in_suggestions, task_type_of
from tasks.generation.meaning import is_repeat
from tasks.generation.recognition import TASK_TYPES

__all__ = [
    "TASK_TYPES",
    "Checklist",
    "Suggested",
    "Task",
    "build",
    "built_in_suggestions",
    "is_repeat",
    "task_type_of",
]
