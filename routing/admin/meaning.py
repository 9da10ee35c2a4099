"""Saying what a change means for the queues that it concerns."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse

from routing.doubts import doubts
from routing.explain import in_words
from routing.models import Queue, QueueEntry


class Means(admin.ModelAdmin):
    """What queues work by: who saves it reads what has changed for them, and what is left open."""

    def queues(self, thing: Any) -> list[Queue]:
        """The queues that `thing` concerns, as they are saved."""
        raise NotImplementedError

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        writes = request.method == "POST" and object_id is not None
        thing = self.get_object(request, unquote(object_id)) if writes and object_id else None
        before = {queue.pk: in_words(queue) for queue in self.queues(thing)} if thing else {}
        response = super().changeform_view(request, object_id, form_url, extra_context)
        if thing and response.status_code == 302:
            self._say(request, thing, before)
        return response

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        self._say(request, obj, {})
        return response

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # Who waits there is looked at anew: what their wait was due by may have changed.
        waiting = QueueEntry.objects.filter(queue__in=self.queues(form.instance), left_at=None)
        waiting.update(tried=False)

    def _say(self, request: HttpRequest, thing: Any, before: dict[int, list[str]]) -> None:
        for queue in self.queues(thing):
            known = before.get(queue.pk, [])
            if changed := [sentence for sentence in in_words(queue) if sentence not in known]:
                messages.success(request, f"{queue}: {' '.join(changed)}")
            for doubt in doubts(queue):
                messages.warning(request, f"{queue}: {doubt}")
