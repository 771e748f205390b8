"""The routes of all language model hosts; their paths do not collide, so that a host needs no table of its own."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from stubs.llm import anthropic, cohere, gemini, ollama, openai
from stubs.web import HANDLERS, METHODS, refuse

app = Starlette(
    routes=[
        *anthropic.ROUTES,
        *cohere.ROUTES,
        *gemini.ROUTES,
        *ollama.ROUTES,
        *openai.ROUTES,
        Route("/", lambda _request: JSONResponse({"status": "ok"})),
        Route("/{path:path}", refuse, methods=METHODS),
    ],
    exception_handlers=HANDLERS,
)
