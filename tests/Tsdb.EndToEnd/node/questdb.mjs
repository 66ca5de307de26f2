// Writes with QuestDB's own client, over {http, tcp} ports; the HTTP sender reads /settings by itself.
import { Sender } from '@questdb/nodejs-client';
import { print, readArguments } from './service.mjs';

const { http, tcp } = readArguments();
const quiet = { log: () => { /* standard output is for the answer */ } };

async function fill(configuration, table) {
  const sender = await Sender.fromConfig(configuration, quiet);
  if (configuration.startsWith('tcp')) {
    await sender.connect();
  }

  for (let i = 0; i < 1000; i++) {
    await sender
      .table(table)
      .symbol('sym bol', i % 2 === 0 ? 'ETH USD' : 'BTC,USD')
      .floatColumn('price', 2615.54 + i)
      .intColumn('size', i)
      .booleanColumn('live', i % 3 === 0)
      .stringColumn('remark', 'a "b" \\ ü')
      .at(1700000000000000000n + BigInt(i), 'ns');
  }

  await sender.flush();
  await sender.close();
}

await fill(`http::addr=127.0.0.1:${http};`, 'trades_http');
await fill(`tcp::addr=127.0.0.1:${tcp};protocol_version=1;`, 'trades_tcp');

const refused = await (async () => {
  const sender = await Sender.fromConfig(`http::addr=127.0.0.1:${http};retry_timeout=5000;`, quiet);
  await sender.table('trades_http').stringColumn('price', 'dear').at(1n, 'ns');
  try {
    await sender.flush();
    return null;
  } catch (error) {
    return error.message;
  } finally {
    await sender.close().catch(() => { /* the refused row is still pending */ });
  }
})();
print({ refused });
