"""What a request changes is the doing of who sent it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from audit import origin

Answer = Callable[[HttpRequest], HttpResponse]


def told(answer: Answer) -> Answer:
    def of_whom(request: HttpRequest) -> HttpResponse:
        with origin.acting(lambda: origin.by_user(request)):
            return answer(request)

    return of_whom
