"""What a route demands of a request before it reads it."""

from fastapi import Depends, Request

from chassis.problems import UnsupportedMediaType


async def _demand_json(request: Request) -> None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType("Send application/json.")


async def _demand_form(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("Send application/x-www-form-urlencoded.")


JsonBody = Depends(_demand_json)
FormBody = Depends(_demand_form)
