// Makes Arrow streams with apache-arrow, LZ4 frames with lz4, and writes one file for each record batch, with
// what comes before it.
//
// Argument: {folder, streams: [{name, columns, lz4, fault, batches: [{number, rowCount, bump}]}]}. Prints the
// paths, by stream. `columns` is 'good', 'timeless' (there is no time) or 'conflicting' (v is text); `fault` is
// 'none', 'torn' (the end of the last batch is missing) or 'swollen' (compressed buffers claim a tebibyte). The
// dictionary grows from batch to batch by deltas; the rows are those that ForeignRows.cs expects.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  Bool, CompressionType, Dictionary, Field, Float64, Int32, Int64, RecordBatch, RecordBatchStreamWriter,
  Schema, Struct, TimestampNanosecond, Utf8, compressionRegistry, makeData, vectorFromArray,
} from 'apache-arrow';
import { print, readArguments } from './service.mjs';

const endMark = 0;
const tebibyte = 1n << 40n;
const tornBytes = 20;
const recordBatch = 3; // MessageHeader.RecordBatch

function toLz4Frame(bytes) {
  const { status, stdout, stderr } = spawnSync('lz4', ['-q', '-c'], { input: bytes });
  if (status !== 0) {
    throw new Error(`lz4 ended with ${status}: ${stderr}`);
  }

  return stdout;
}

compressionRegistry.set(CompressionType.LZ4_FRAME, { encode: toLz4Frame });

// Up to 21.2.0 apache-arrow puts the compressed size where the format asks for the size after decompression.
class Writer extends RecordBatchStreamWriter {
  isSwollen = false;

  _compressBodyBuffers(buffers) {
    const body = super._compressBodyBuffers(buffers);
    buffers.forEach((buffer, i) => {
      const prefix = body.buffers[2 * i];
      if (prefix.length > 0) {
        const size = new DataView(prefix.buffer, prefix.byteOffset, prefix.length);
        if (size.getBigInt64(0, true) !== -1n) {
          size.setBigInt64(0, this.isSwollen ? tebibyte : BigInt(buffer.byteLength), true);
        }
      }
    });
    return body;
  }
}

const place = new Dictionary(new Utf8(), new Int32());
let names = vectorFromArray(['north', 'söuth'], new Utf8());

function placesOf(rowCount) {
  const data = new Int32Array(rowCount);
  const nullBitmap = new Uint8Array((rowCount + 7) >> 3);
  let nullCount = 0;
  for (let row = 0; row < rowCount; row++) {
    if (row % 4 === 3) {
      nullCount++;
    } else {
      nullBitmap[row >> 3] |= 1 << (row & 7);
      data[row] = row % 4 === 0 ? names.length - 1 : row % 4 - 1;
    }
  }

  return makeData({ type: place, length: rowCount, nullCount, nullBitmap, data, dictionary: names });
}

function makeBatch(columns, { number, rowCount, bump = 0 }) {
  names = names.concat(vectorFromArray([`p${number}`], new Utf8()));
  const rows = Array.from({ length: rowCount }, (_, row) => row);
  const list = (type, valueOf) => vectorFromArray(rows.map(valueOf), type).data[0];
  const times = BigInt64Array.from(rows, (row) => BigInt(number) * 1000000n + BigInt(row));
  const all = {
    ts: makeData({ type: new TimestampNanosecond('UTC'), data: times }),
    place: placesOf(rowCount),
    v: list(new Float64(), (row) => (row % 5 === 1 ? null : number + bump + row / 8)),
    n: list(new Int64(), (row) => (row % 5 === 2 ? null : BigInt(number) * 9007199254740993n + BigInt(row))),
    ok: list(new Bool(), (row) => (row % 3 === 2 ? null : row % 2 === 0)),
    note: list(new Utf8(), (row) => (row % 7 === 3 ? null : `${number}·${row}`)),
    number: list(new Int64(), () => BigInt(number)),
  };
  if (columns === 'timeless') {
    delete all.ts;
  } else if (columns === 'conflicting') {
    all.v = list(new Utf8(), (row) => `text ${row}`);
  }

  const schema = new Schema(Object.entries(all).map(([name, data]) => new Field(name, data.type, true)));
  const type = new Struct(schema.fields);
  return new RecordBatch(
    schema, makeData({ type, length: rowCount, nullCount: 0, children: Object.values(all) }));
}

/** Cuts a stream after each record batch; the end mark goes with the last. */
function cut(ipc) {
  const view = new DataView(ipc.buffer, ipc.byteOffset, ipc.length);
  const pieces = [];
  for (let first = 0, position = 0; ;) {
    const size = view.getInt32(position + 4, true);
    if (size === endMark) {
      pieces[pieces.length - 1] = Buffer.concat([pieces.at(-1), ipc.subarray(first)]);
      return pieces;
    }

    const { kind, bodyLength } = readHeader(view, position + 8);
    position += 8 + size + bodyLength;
    if (kind === recordBatch) {
      pieces.push(ipc.subarray(first, position));
      first = position;
    }
  }
}

/** Two fields of the FlatBuffers table Message. */
function readHeader(view, metadata) {
  const table = metadata + view.getInt32(metadata, true);
  const vtable = table - view.getInt32(table, true);
  const at = (field) => table + view.getUint16(vtable + 4 + 2 * field, true);
  const hasBody = view.getUint16(vtable, true) > 10 && at(3) !== table;
  return { kind: view.getUint8(at(1)), bodyLength: hasBody ? Number(view.getBigInt64(at(3), true)) : 0 };
}

function makeStream({ columns, lz4: isPacked, fault, batches }) {
  const writer = new Writer(isPacked ? { compressionType: CompressionType.LZ4_FRAME } : {});
  writer.isSwollen = fault === 'swollen';
  batches.forEach((batch) => writer.write(makeBatch(columns, batch)));
  writer.finish();
  const pieces = cut(writer.toUint8Array(true));
  return fault === 'torn' ? [...pieces.slice(0, -1), pieces.at(-1).subarray(0, -tornBytes)] : pieces;
}

const { folder, streams } = readArguments();
print(Object.fromEntries(streams.map((stream) => [
  stream.name,
  makeStream(stream).map((piece, i) => {
    const file = path.join(folder, `${stream.name}-${i}.arrow`);
    writeFileSync(file, piece);
    return file;
  }),
])));
