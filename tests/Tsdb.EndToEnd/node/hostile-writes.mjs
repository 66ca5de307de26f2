// Sends {address} what no honest client sends, and prints the code of each answer.
import { call, ingestClient, print, readArguments } from './service.mjs';

const { address } = readArguments();
const client = ingestClient(address);
const target = { table: 'hostile' };

const arrow = (chunks) => new Promise((resolve) => {
  const stream = client.WriteArrow((error) => resolve(error?.code ?? 0));
  chunks.forEach((chunk) => stream.write(chunk));
  stream.end();
});
const lines = (request) => call(client, 'WriteLines', request).then(() => 0, (error) => error.code);
const hex = (text) => Buffer.from(text, 'hex');

print({
  noChunk: await arrow([]),
  noTarget: await arrow([{ ipc: hex('ffffffff') }]),
  zeros: await arrow([{ target, ipc: Buffer.alloc(1000) }]),
  hugeLength: await arrow([{ target, ipc: hex('ffffffffffffff7f') }]),
  negativeLength: await arrow([{ target, ipc: hex('ffffffff00000080') }]),
  endBeforeSchema: await arrow([{ target, ipc: hex('ffffffff00000000') }]),
  badName: await lines({ database: '../x', lines: Buffer.from('t v=1 1') }),
  badPrecision: await lines({ precision: 77, lines: Buffer.from('t v=1 1') }),
  badDurability: await lines({ durability: 99, lines: Buffer.from('t v=1 1') }),
  badLine: await lines({ lines: Buffer.from('hostile v=x 1') }),
  largeMessage: await lines({ lines: Buffer.alloc((64 << 20) + 1, '\n') }),
  goodLine: await lines({ lines: Buffer.from('hostile v=1 1') }),
});
client.close();
