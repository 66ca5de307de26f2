"""Runs a query with grpcio and the messages that protoc makes of our proto files.

Argument: a JSON object {address, request: {sql, database}, messages: the folder of protoc's output}.
Prints the sha256 of the joined IPC bytes, and what a reader of Arrow's framing finds in them.
"""
import hashlib
import json
import struct
import sys

import grpc

CONTINUATION = 0xFFFFFFFF
HEADER_TYPES = {1: "schema", 2: "dictionary", 3: "batch"}
GIVEN = json.loads(sys.argv[1])
sys.path.insert(0, GIVEN["messages"])
from tsdb.v1 import query_pb2  # noqa: E402  (it is made by protoc at run time)


def field(data, table, number):
    """Position of a field of a FlatBuffers table, or None when it has its default."""
    vtable = table - struct.unpack_from("<i", data, table)[0]
    size = struct.unpack_from("<H", data, vtable)[0]
    entry = 4 + 2 * number
    offset = struct.unpack_from("<H", data, vtable + entry)[0] if entry < size else 0
    return table + offset if offset else None


def read_message(metadata):
    """Kind, body length and row count of one Message."""
    message = struct.unpack_from("<I", metadata, 0)[0]
    kind = HEADER_TYPES[metadata[field(metadata, message, 1)]]
    body_at = field(metadata, message, 3)
    body_length = struct.unpack_from("<q", metadata, body_at)[0] if body_at else 0
    rows = None
    if kind == "batch":
        header_at = field(metadata, message, 2)
        header = header_at + struct.unpack_from("<I", metadata, header_at)[0]
        rows_at = field(metadata, header, 0)
        rows = struct.unpack_from("<q", metadata, rows_at)[0] if rows_at else 0
    return kind, body_length, rows


def walk(ipc):
    """Every message of the stream, checked for alignment, up to the end mark."""
    position, kinds, rows = 0, {}, 0
    while True:
        mark, size = struct.unpack_from("<Ii", ipc, position)
        assert mark == CONTINUATION, f"no continuation at {position}"
        position += 8
        if size == 0:
            assert position == len(ipc), f"{len(ipc) - position} bytes after the end mark"
            return kinds, rows
        assert size % 8 == 0, f"metadata of {size} bytes is not padded"
        kind, body_length, count = read_message(ipc[position:position + size])
        assert body_length % 8 == 0, f"a body of {body_length} bytes is not padded"
        kinds[kind] = kinds.get(kind, 0) + 1
        rows += count or 0
        position += size + body_length


def main():
    channel = grpc.insecure_channel(GIVEN["address"], options=[("grpc.max_receive_message_length", 64 << 20)])
    query = channel.unary_stream(
        "/tsdb.v1.QueryService/Query",
        request_serializer=query_pb2.QueryRequest.SerializeToString,
        response_deserializer=query_pb2.QueryChunk.FromString,
    )
    chunks = list(query(query_pb2.QueryRequest(**GIVEN["request"]), timeout=30))
    ipc = b"".join(chunk.ipc for chunk in chunks)
    kinds, rows = walk(ipc)
    try:
        list(query(query_pb2.QueryRequest(sql="SELECT nosuch FROM"), timeout=30))
        refused = None
    except grpc.RpcError as error:
        refused = error.code().name
    print(json.dumps({
        "ipcSha256": hashlib.sha256(ipc).hexdigest(),
        "schemas": kinds.get("schema", 0),
        "batches": kinds.get("batch", 0),
        "rows": rows,
        "rowsReturned": chunks[-1].stats.rows_returned,
        "refused": refused,
    }))


main()
