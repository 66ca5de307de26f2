// Runs {address, request} and prints the decoded rows; with "digest", only their number and sha256.
import { decode, sha256, textOf } from './cells.mjs';
import { print, queryClient, readArguments, runQuery } from './service.mjs';

const { address, request, digest } = readArguments();
const client = queryClient(address);
const { ipc, chunkCount, stats, error } = await runQuery(client, request);
if (error) {
  throw error;
}

const { columns, batchCount, rows } = decode(ipc);
print({
  columns,
  ...(digest ? { rowCount: rows.length, textSha256: sha256(textOf(rows)) } : { rows }),
  batchCount,
  chunkCount,
  ipcSha256: sha256(ipc),
  stats,
});
client.close();
