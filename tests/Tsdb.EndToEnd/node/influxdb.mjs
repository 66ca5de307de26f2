// Writes with InfluxDB's own client: {url, bucket, gzip}. Prints what the client made of the replies.
import { InfluxDB, Point, HttpError } from '@influxdata/influxdb-client';
import { print, readArguments } from './service.mjs';

const { url, bucket, gzip } = readArguments();
const influx = new InfluxDB({ url, token: 'any' });

function open(failed) {
  return influx.getWriteApi('org', bucket, 'ns', {
    batchSize: 1000,
    maxRetries: 0,
    gzipThreshold: gzip ? 0 : 1 << 30,
    writeFailed(error, lines) {
      failed.push({
        isHttpError: error instanceof HttpError,
        status: error.statusCode,
        code: error.code,
        body: JSON.parse(error.body),
        lineCount: lines.length,
      });
    },
  });
}

const failed = [];
const good = open(failed);
for (let i = 0; i < 2500; i++) {
  good.writePoint(new Point('weather')
    .tag('station', `st ation,${i % 5}`)
    .tag('kind', 'a=b')
    .floatField('temp', i / 8)
    .intField('count', i)
    .booleanField('ok', i % 2 === 0)
    .stringField('note', i % 10 === 0 ? 'back\\slash "quoted" ü' : 'plain')
    .timestamp(`${1700000000000000001n + BigInt(i)}`));
}

await good.close();
const refused = [];
const mixed = open(refused);
mixed.writePoint(new Point('weather').tag('station', 'x').floatField('temp', 1).timestamp('1'));
mixed.writePoint(new Point('weather').tag('station', 'x').stringField('temp', 'warm').timestamp('2'));
mixed.writePoint(new Point('weather').tag('station', 'x').floatField('temp', 3).timestamp('3'));
await mixed.close().catch(() => { /* reported through writeFailed */ });
print({ failed, refused });
