"""Structured logs: one JSON line an event on standard error, escaped by the serialiser."""

from __future__ import annotations

import os
from typing import Any

import structlog


def configuration(*, debug: bool) -> dict[str, Any]:
    """Django's LOGGING: everything through structlog; LOG_LEVEL sets the level, a terminal gets plain lines."""
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *processors,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
                "foreign_pre_chain": processors,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO" if debug else "WARNING")},
        "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
    }


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A bound logger; values are passed as keywords, never formatted into the message."""
    bound: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return bound
