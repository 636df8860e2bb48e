"""The schema of CSL-JSON."""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string"}
_FAMILY = {"family", "given", "dropping-particle", "non-dropping-particle", "suffix", "literal"}
# The rules of csl-data.json 1.0.2 for what may be written here; no other property is allowed there either.
SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "type": {"enum": ["article", "article-journal"]},
            "id": {"type": ["string", "number"]},
            "author": {
                "type": "array",
                "items": {"type": "object", "properties": dict.fromkeys(_FAMILY, _TEXT), "additionalProperties": False},
            },
            "issued": {
                "type": "object",
                "properties": {
                    "date-parts": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 2,
                        "items": {
                            "type": "array", "items": {"type": ["string", "number"]}, "minItems": 1, "maxItems": 3,
                        },
                    }
                },
                "additionalProperties": False,
            },
            **dict.fromkeys(["title", "abstract", "DOI", "URL", "publisher", "keyword", "note"], _TEXT),
            "container-title": _TEXT,
            "number": {"type": ["string", "number"]},
            "custom": {"type": "object"},
        },
        "required": ["type", "id"],
        "additionalProperties": False,
    },
}  # fmt: skip
