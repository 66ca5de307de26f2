// Writes rows to {address} as an Arrow stream that apache-arrow made, cut at places that fit no message.
import {
  Dictionary, Float64, Int32, Int64, RecordBatch, Schema, Field, Struct, Table, TimestampNanosecond, Utf8,
  makeData, tableToIPC, vectorFromArray,
} from 'apache-arrow';
import { ingestClient, print, readArguments } from './service.mjs';

const { address, table, pieceSizeBytes } = readArguments();

const timestamps = new BigInt64Array([1n, 2n, 3n, 4n, 1700000000123456789n]);
const values = new Float64Array(5);
const words = new BigUint64Array(values.buffer);
words.set([
  0x7ff8000000000000n, 0x8000000000000000n, 0x7ff0000000000000n, 0xfff0000000000000n, 0x3ff8000000000001n,
]);
const counts = new BigInt64Array([-9223372036854775808n, 9223372036854775807n, 0n, -1n, 42n]);
const names = ['north', 'south', 'north', 'north', 'söuth'];
const places = vectorFromArray(names, new Dictionary(new Utf8(), new Int32()));

const columns = {
  ts: makeData({ type: new TimestampNanosecond('UTC'), data: timestamps }),
  place: places.data[0],
  v: makeData({ type: new Float64(), data: values }),
  n: makeData({ type: new Int64(), data: counts, nullCount: 1, nullBitmap: new Uint8Array([0b10111]) }),
};
const schema = new Schema(Object.entries(columns).map(([name, data]) => new Field(name, data.type, true)));
const children = schema.fields.map((field) => columns[field.name]);
const rows = makeData({ type: new Struct(schema.fields), length: 5, nullCount: 0, children });
const batch = new RecordBatch(schema, rows);
const ipc = tableToIPC(new Table([batch]), 'stream');

const client = ingestClient(address);
const outcome = await new Promise((resolve) => {
  const call = client.WriteArrow((error, reply) => resolve(error
    ? { code: error.code, message: error.details }
    : {
      code: 0, stored: reply.rowsStored, rejected: reply.rowsRejected ?? '0', durability: reply.durability,
    }));
  for (let first = 0; first < ipc.length; first += pieceSizeBytes) {
    const piece = { ipc: ipc.subarray(first, first + pieceSizeBytes) };
    call.write(first === 0 ? { ...piece, target: { table, tags: ['place'] } } : piece);
  }

  call.end();
});
print(outcome);
client.close();
