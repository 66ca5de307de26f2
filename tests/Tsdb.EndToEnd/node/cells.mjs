// Cells of an Arrow table as text that loses nothing: integers and timestamps as decimal digits, doubles as
// the 16 hexadecimal digits of their bits.
import { createHash } from 'node:crypto';
import { Type, tableFromIPC } from 'apache-arrow';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const word = new DataView(new ArrayBuffer(8));

function bitsOf(number) {
  word.setFloat64(0, number);
  return word.getBigUint64(0).toString(16).padStart(16, '0');
}

function cellOf(type, data, row) {
  if (!data.getValid(row)) {
    return null;
  }

  switch (type.typeId) {
    case Type.Timestamp: // get() would give a double in ms; the values are exact.
    case Type.Int:
      return `${data.values[row]}`;
    case Type.Float:
      return bitsOf(data.values[row]);
    case Type.Bool:
      return ((data.values[(data.offset + row) >> 3] >> ((data.offset + row) & 7)) & 1) === 1;
    case Type.Utf8:
      return utf8.decode(data.values.subarray(data.valueOffsets[row], data.valueOffsets[row + 1]));
    case Type.Dictionary:
      return data.dictionary.get(data.values[row]);
    default:
      throw new Error(`no exact text for ${type}`);
  }
}

/** Columns, batches and rows of joined IPC bytes. */
export function decode(ipc) {
  const table = tableFromIPC(ipc);
  const rows = [];
  for (const batch of table.batches) {
    for (let row = 0; row < batch.numRows; row++) {
      rows.push(batch.schema.fields.map((field, i) => cellOf(field.type, batch.getChildAt(i).data[0], row)));
    }
  }

  return {
    columns: table.schema.fields.map((field) => `${field.name} ${field.type}`),
    batchCount: table.batches.filter((batch) => batch.numRows > 0).length,
    rows,
  };
}

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** One line a row, cells apart by '|', NULL as an empty cell. */
export const textOf = (rows) => rows.map((row) => `${row.map((cell) => cell ?? '').join('|')}\n`).join('');
