"""The board in the admin: its page, and what the page's script reads and writes through the services."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from unfold.decorators import action

from assignhub.errors import not_found
from assignhub.permissions import within
from assignhub.scripted import KeyField, scripted, sent
from tasks import kanban, services
from tasks.models import Board, Card, Column


class Moved(forms.Form):
    card = forms.UUIDField()
    column = forms.UUIDField()
    position = KeyField(required=False)


class Named(forms.Form):
    card = forms.UUIDField()


class BoardPages:
    """What the admin of boards gains: a page of columns and cards for each."""

    actions_detail = ("open_board",)

    def get_urls(self):
        site, name = self.admin_site, "tasks_board_board"  # type: ignore[attr-defined]
        pages = [
            path("board/", site.admin_view(self.board_now), name=f"{name}_now"),
            path("<path:object_id>/board/", site.admin_view(self.board_page), name=name),
        ]
        for verb in ("data", "move", "finish", "reopen"):
            view = site.admin_view(getattr(self, f"board_{verb}"))
            pages.append(path(f"<path:object_id>/board/{verb}/", view, name=f"{name}_{verb}"))
        return [*pages, *super().get_urls()]  # type: ignore[misc]

    # --- the ways there ---

    def get_list_display(self, request):
        return (*super().get_list_display(request), "board_link")  # type: ignore[misc]

    def board_link(self, board: Board) -> str:
        url = reverse("admin:tasks_board_board", args=[board.pk])
        return format_html('<a class="text-primary-600 dark:text-primary-500 underline" href="{}">Open</a>', url)

    board_link.short_description = "cards"  # type: ignore[attr-defined]

    @action(description="Board", icon="view_kanban", url_path="open-board")
    def open_board(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:tasks_board_board", args=[object_id]))

    def board_now(self, request: HttpRequest) -> HttpResponse:
        """The board changed last; where there is none yet, the list that says so."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        board = kanban.board_to_open(request.user)
        if board is None:
            return HttpResponseRedirect(reverse("admin:tasks_board_changelist"))
        return HttpResponseRedirect(reverse("admin:tasks_board_board", args=[board.pk]))

    # --- the page, and what its script asks ---

    def board_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        board = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if board is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        context = self.admin_site.each_context(request) | {  # type: ignore[attr-defined]
            "title": f"Board: {board}",
            "original": board,
            "opts": self.opts,  # type: ignore[attr-defined]
            "board": board,
            "others": within(Board.objects.filter(project=board.project_id), request.user, Board.permission("view")),
            "may_change": self.may(request, "change", board),  # type: ignore[attr-defined]
            "state": kanban.state(board, request.user),
        }
        return TemplateResponse(request, "admin/tasks/board.html", context)

    @scripted("GET")
    def board_data(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        return kanban.state(self._board(request, object_id), request.user)

    @scripted("POST")
    def board_move(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        self._board(request, object_id)
        wish = sent(request, Moved)
        card, column = _visible(Card, wish["card"], request.user), _visible(Column, wish["column"], request.user)
        moved = services.cards.move(card, by=request.user, column=column, position=wish["position"])
        told = f"“{moved}” is in {column.name}, place {moved.position + 1}."
        return {"card": moved.pk, "message": " ".join([told, *moved.warnings])}

    @scripted("POST")
    def board_finish(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        self._board(request, object_id)
        card = services.cards.finish(_visible(Card, sent(request, Named)["card"], request.user), by=request.user)
        return {"card": card.pk, "message": f"“{card}” is finished."}

    @scripted("POST")
    def board_reopen(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        self._board(request, object_id)
        card = services.cards.reopen(_visible(Card, sent(request, Named)["card"], request.user), by=request.user)
        return {"card": card.pk, "message": " ".join([f"“{card}” is open again.", *card.warnings])}

    def _board(self, request: HttpRequest, object_id: str) -> Board:
        board = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if board is None:
            raise not_found(Board, object_id)
        return board


def _visible(model: type[Any], key, user) -> Any:
    """The row, if `user` may see it; otherwise `Refused` (404)."""
    row = within(model.objects.all(), user, model.permission("view")).filter(pk=key).first()
    if row is None:
        raise not_found(model, key)
    return row
