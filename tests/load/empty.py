"""The ceiling: a FastAPI route that does nothing."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/posts")
async def nothing() -> list[str]:
    return []
