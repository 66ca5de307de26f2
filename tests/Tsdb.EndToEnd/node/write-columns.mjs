// Sends Arrow bytes that are in files, with grpc-js, and says what the server replied;
// python/write-columns.py does the same with grpcio.
//
// Argument: {address, target, pieceSizeBytes, paths} calls WriteArrow; {address, target, streamId, batches:
// [{sequence, path}], pid} calls WriteStream, and with a pid kills that process when the last batch is
// acknowledged. Without batches the stream is only opened. With {http, database, sql} it reads CSV at the
// end.
import { readFileSync } from 'node:fs';
import grpc from '@grpc/grpc-js';
import { ingestClient, print, readArguments } from './service.mjs';

const given = readArguments();
const client = ingestClient(given.address);
const outcome = { code: 'OK', message: '' };

const fail = (error) => {
  outcome.code = grpc.status[error.code];
  outcome.message = error.details;
};
const toCounts = (reply) => [Number(reply.rowsStored ?? 0), Number(reply.rowsRejected ?? 0)];

const writeArrow = () => new Promise((resolve) => {
  const call = client.WriteArrow((error, reply) => {
    if (error) {
      fail(error);
    } else {
      outcome.counts = toCounts(reply);
      outcome.durability = reply.durability;
    }

    resolve();
  });
  const ipc = Buffer.concat(given.paths.map((path) => readFileSync(path)));
  for (let first = 0; first < ipc.length; first += given.pieceSizeBytes) {
    const piece = { ipc: ipc.subarray(first, first + given.pieceSizeBytes) };
    call.write(first === 0 ? { ...piece, target: given.target } : piece);
  }

  call.end();
});

const writeStream = () => new Promise((resolve) => {
  const { batches, pid } = given;
  outcome.acknowledged = [];
  const call = client.WriteStream();
  const endAt = (sequence) => {
    if (sequence !== (batches.at(-1)?.sequence ?? 0)) {
      return;
    }

    if (pid) {
      process.kill(pid, 'SIGKILL');
    } else {
      call.end();
    }
  };
  call.on('data', ({ opened, ack }) => {
    if (opened) {
      outcome.durable = Number(opened.durableSequence ?? 0);
      outcome.window = opened.window;
      endAt(0);
    } else {
      for (const one of ack.outcomes) {
        const reasons = (one.rejects ?? []).slice(0, 1).map((reject) => reject.reason);
        outcome.acknowledged.push([Number(one.sequence), ...toCounts(one), ...reasons]);
      }

      endAt(Number(ack.sequence));
    }
  });
  call.on('error', (error) => {
    fail(error);
    resolve();
  });
  call.on('end', resolve);
  call.write({ open: { streamId: given.streamId, target: given.target } });
  batches.forEach(({ sequence, path }) => call.write({ sequence, ipc: readFileSync(path) }));
});

await (given.paths ? writeArrow() : writeStream());
client.close();
if (given.sql) {
  const query = new URLSearchParams({ q: given.sql, db: given.database, format: 'csv' });
  outcome.csv = await (await fetch(`${given.http}/api/v1/query?${query}`)).text();
}

print(outcome);
