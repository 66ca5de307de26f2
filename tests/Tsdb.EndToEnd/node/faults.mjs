// Runs the failures in {address, httpPort, cases}: each is {name, request, deadlineMs?, cancelAfterChunks?,
// cancelAfterMs?}. Prints for each how the call ended.
import { print, queryClient, readArguments, readDetails, runQuery } from './service.mjs';

const { address, cases } = readArguments();
const client = queryClient(address);
const outcomes = {};
for (const { name, request, deadlineMs, cancelAfterChunks, cancelAfterMs, pauseAfterChunks } of cases) {
  let timer;
  const started = performance.now();
  const outcome = await runQuery(client, request, {
    deadlineMs,
    onChunk(call, chunkCount) {
      if (chunkCount === cancelAfterChunks) {
        call.cancel();
      }

      if (chunkCount === pauseAfterChunks) {
        call.pause();
      }

      if (cancelAfterMs !== undefined && timer === undefined) {
        timer = setTimeout(() => call.cancel(), cancelAfterMs);
      }
    },
  });
  clearTimeout(timer);
  outcomes[name] = {
    code: outcome.error?.code ?? 0,
    message: outcome.error?.details ?? '',
    status: outcome.error ? readDetails(outcome.error) : null,
    hasChunks: outcome.chunkCount > 0,
    hasStats: outcome.stats !== null,
    elapsedMs: Math.round(performance.now() - started),
  };
}

print(outcomes);
client.close();
