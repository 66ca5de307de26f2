// Health and reflection of {address}: the services that tools look for first.
import { call, healthClient, print, readArguments, reflectionClient } from './service.mjs';

const { address } = readArguments();
const health = healthClient(address);
const { status } = await call(health, 'Check', { service: '' });
const unknown = await call(health, 'Check', { service: 'no.such.Service' }).catch((error) => error);

const reflection = reflectionClient(address);
const services = await new Promise((resolve, reject) => {
  const stream = reflection.ServerReflectionInfo();
  stream.on('data', (reply) => {
    resolve(reply.listServicesResponse.service.map((service) => service.name).sort());
    stream.end();
  });
  stream.on('error', reject);
  stream.write({ listServices: '' });
});

print({ health: status, unknownServiceCode: unknown.code ?? 0, services });
health.close();
reflection.close();
