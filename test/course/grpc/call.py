"""Calls the server with Debian's python3-grpcio, which shares no code with grpc-js.

Usage: python3 call.py ADDRESS COURSE_ID BOOKER. It prints what it got as one JSON object. Messages are written and
read by hand: a request is the tag of its first field, a length and a text; of a response the texts are looked for.
"""

import json
import sys

import grpc

address, course_id, user_id = sys.argv[1:]


def text(field, value):
    raw = value.encode()
    return bytes([field << 3 | 2, len(raw)]) + raw


def call(channel, path, request, timeout=10, metadata=()):
    method = channel.unary_unary(path, request_serializer=bytes, response_deserializer=bytes)
    try:
        response, state = method.with_call(request, timeout=timeout, metadata=metadata)
        return {"code": "OK", "response": response.hex(), "metadata": dict(state.initial_metadata())}
    except grpc.RpcError as error:
        details = dict(error.trailing_metadata()).get("grpc-status-details-bin", b"")
        return {"code": error.code().name, "details": error.details(), "raw": details.decode("latin-1")}


def describe(channel, version, symbol):
    path = f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo"
    method = channel.stream_stream(path, request_serializer=bytes, response_deserializer=bytes)
    return next(method(iter([text(4, symbol)]), timeout=10)).decode("latin-1")


with grpc.insecure_channel(address) as channel:
    grpc.channel_ready_future(channel).result(timeout=10)
    catalog = "/course.v1.CatalogService/"
    booking = "/course.v1.BookingService/"
    key = (("idempotency-key", "from-python"),)
    reflection = "grpc.reflection.{}.ServerReflection"
    new = text(1, course_id) + text(3, user_id)
    print(json.dumps({
        "course": call(channel, catalog + "GetCourse", text(1, course_id)),
        "wrong": call(channel, catalog + "GetCourse", text(1, "wrong")),
        "nothing": call(channel, catalog + "GetCourse", text(1, "00000000-0000-7000-8000-000000000000")),
        "garbage": call(channel, catalog + "GetCourse", b"\xff\xff"),
        "large": call(channel, catalog + "GetCourse", bytes(100_000)),
        "unknown": call(channel, catalog + "Unknown", b""),
        "metadata": call(channel, catalog + "GetCourse", text(1, course_id), metadata=(("large", "x" * 60_000),)),
        "header": call(channel, catalog + "GetCourse", text(1, course_id), metadata=(("large", "x" * 66_000),)),
        "many": call(channel, catalog + "GetCourse", text(1, course_id), metadata=(("many", "x" * 100),) * 200),
        "after": call(channel, catalog + "GetCourse", text(1, course_id)),
        "late": call(channel, catalog + "GetCourse", text(1, course_id), timeout=1e-9),
        "created": call(channel, booking + "CreateBooking", new, metadata=key),
        "again": call(channel, booking + "CreateBooking", new, metadata=key),
        "health": call(channel, "/grpc.health.v1.Health/Check", text(1, "course.v1.CatalogService")),
        "described": {
            "code": "OK",
            "response": [describe(channel, version, reflection.format(version)) for version in ("v1", "v1alpha")],
        },
    }))
