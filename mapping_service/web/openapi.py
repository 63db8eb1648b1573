"""An OpenAPI 3.1 document made from the views: their addresses, docstrings and the records that they return."""

from __future__ import annotations

import collections.abc
import types
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, Union, get_args, get_origin, get_type_hints

from flask import Flask
from werkzeug.routing import Rule

from mapping_service.errors import Problem

VERSION = "1.0.0"
Schema = dict[str, Any]
_SCALARS: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    types.NoneType: {"type": "null"},
    Any: {},
}
_ERROR: Schema = {
    "type": "object",
    "description": "What is wrong and what to do; the code is stable.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "details": {"type": "object"}},
        }
    },
}


def document(app: Flask, blueprint: str, base_url: str) -> Schema:
    """Describe every view of a blueprint whose return annotation is a frozen dataclass."""
    schemas: dict[str, Schema] = {Problem.__name__: _ERROR}
    paths: dict[str, Schema] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        view = app.view_functions[rule.endpoint]
        returned = get_type_hints(view).get("return")
        if rule.endpoint.startswith(f"{blueprint}.") and is_dataclass(returned):
            path = rule.rule.replace("<path:", "<").replace("<", "{").replace(">", "}")
            paths[path] = {"get": _operation(rule, view.__doc__ or "", _schema(returned, schemas))}
    return {
        "openapi": "3.1.0",
        "info": {"title": app.import_name.split(".")[0].replace("_", " "), "version": VERSION},
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def _operation(rule: Rule, doc: str, returned: Schema) -> Schema:
    error = {"description": "Problem", "content": {"application/json": {"schema": _reference(Problem.__name__)}}}
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in sorted(rule.arguments)
    ]
    return {
        "operationId": rule.endpoint.split(".")[-1],
        "summary": doc.strip().splitlines()[0],
        "parameters": parameters,
        "responses": {
            "200": {"description": "OK", "content": {"application/json": {"schema": returned}}},
            "default": error,
        },
    }


def _schema(kind: Any, schemas: dict[str, Schema]) -> Schema:
    if kind in _SCALARS:
        return _SCALARS[kind]
    if is_dataclass(kind) and isinstance(kind, type):
        _add_record(kind, schemas)
        return _reference(kind.__name__)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(one, schemas) for one in inner]}
    if origin is tuple:
        return {"type": "array", "prefixItems": [_schema(one, schemas) for one in inner], "items": False}
    if origin is collections.abc.Sequence:
        return {"type": "array", "items": _schema(inner[0], schemas)}
    if origin is collections.abc.Mapping:
        return {"type": "object"}
    raise TypeError(f"no schema for {kind!r}: add one here")


def _add_record(kind: type, schemas: dict[str, Schema]) -> None:
    if kind.__name__ in schemas:
        return
    schemas[kind.__name__] = {}  # its place, so that a record may hold its like
    hints = get_type_hints(kind)
    schemas[kind.__name__] = {
        "type": "object",
        "description": (kind.__doc__ or "").strip(),
        "required": [field.name for field in fields(kind)],
        "properties": {field.name: _schema(hints[field.name], schemas) for field in fields(kind)},
    }


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
