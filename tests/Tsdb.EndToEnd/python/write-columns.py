"""Sends Arrow bytes that are in files, with grpcio, and says what the server replied.

The argument and what it prints are those of node/write-columns.mjs, but for `messages`, the folder of
protoc's output.
"""
import json
import os
import queue
import signal
import sys
import urllib.parse
import urllib.request

import grpc

GIVEN = json.loads(sys.argv[1])
sys.path.insert(0, GIVEN["messages"])
from tsdb.v1 import ingest_pb2, types_pb2  # noqa: E402  (they are made by protoc at run time)

TARGET = ingest_pb2.ArrowTarget(**GIVEN["target"])


def read(path):
    with open(path, "rb") as file:
        return file.read()


def counts_of(reply):
    return [reply.rows_stored, reply.rows_rejected]


def write_arrow(channel, outcome):
    ipc = b"".join(read(path) for path in GIVEN["paths"])
    size = GIVEN["pieceSizeBytes"]
    chunks = [ingest_pb2.ArrowChunk(ipc=ipc[first:first + size]) for first in range(0, len(ipc), size)]
    chunks[0].target.CopyFrom(TARGET)
    call = channel.stream_unary(
        "/tsdb.v1.IngestService/WriteArrow",
        request_serializer=ingest_pb2.ArrowChunk.SerializeToString,
        response_deserializer=ingest_pb2.WriteReply.FromString,
    )
    reply = call(iter(chunks), timeout=30)
    outcome["counts"] = counts_of(reply)
    outcome["durability"] = types_pb2.Durability.Name(reply.durability)


def write_stream(channel, outcome):
    batches = GIVEN["batches"]
    last = batches[-1]["sequence"] if batches else 0
    outcome["acknowledged"] = []
    requests = queue.SimpleQueue()
    opening = ingest_pb2.StreamOpen(stream_id=GIVEN["streamId"], target=TARGET)
    requests.put(ingest_pb2.StreamRequest(open=opening))
    for batch in batches:
        requests.put(ingest_pb2.StreamRequest(sequence=batch["sequence"], ipc=read(batch["path"])))
    call = channel.stream_stream(
        "/tsdb.v1.IngestService/WriteStream",
        request_serializer=ingest_pb2.StreamRequest.SerializeToString,
        response_deserializer=ingest_pb2.StreamReply.FromString,
    )
    for reply in call(iter(requests.get, None), timeout=30):
        if reply.WhichOneof("kind") == "opened":
            outcome["durable"] = reply.opened.durable_sequence
            outcome["window"] = reply.opened.window
            done = 0
        else:
            for one in reply.ack.outcomes:
                outcome["acknowledged"].append(
                    [one.sequence, *counts_of(one), *(reject.reason for reject in one.rejects[:1])])
            done = reply.ack.sequence
        if done == last and "pid" in GIVEN:
            os.kill(GIVEN["pid"], signal.SIGKILL)
        elif done == last:
            requests.put(None)


def main():
    outcome = {"code": "OK", "message": ""}
    channel = grpc.insecure_channel(GIVEN["address"])
    try:
        (write_arrow if "paths" in GIVEN else write_stream)(channel, outcome)
    except grpc.RpcError as error:
        outcome["code"] = error.code().name
        outcome["message"] = error.details()
    channel.close()
    if "sql" in GIVEN:
        query = urllib.parse.urlencode({"q": GIVEN["sql"], "db": GIVEN["database"], "format": "csv"})
        with urllib.request.urlopen(f"{GIVEN['http']}/api/v1/query?{query}", timeout=30) as reply:
            outcome["csv"] = reply.read().decode()
    print(json.dumps(outcome))


main()
