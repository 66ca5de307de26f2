// An object store with one bucket, in the folder that is named; says its port, and ends with its standard input.
import { createRequire } from "node:module";

// The store makes the tokens of its listings with a cipher that today's OpenSSL has no more: another one does.
const require = createRequire(import.meta.url);
const crypto = require("crypto");
for (const name of ["createCipheriv", "createDecipheriv"]) {
  const create = crypto[name];
  crypto[name] = (cipher, key, iv) =>
    cipher === "des" ? create("des-ede3-cbc", Buffer.concat([key, key, key]), iv) : create(cipher, key, iv);
}

const S3rver = require("s3rver");
const store = new S3rver({
  address: "127.0.0.1",
  port: 0,
  directory: process.argv[2],
  silent: true,
  vhostBuckets: false,
  configureBuckets: [{ name: "tsdb" }],
});
const { port } = await store.run();
process.stdout.write(`${JSON.stringify({ port })}\n`);
process.stdin.on("end", () => process.exit(0)).resume();
