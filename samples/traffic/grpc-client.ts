/**
 * Calls every method of inventory-service.ts, one after the other, in one connection.
 *
 * Usage: node --import tsx grpc-client.ts HOST:PORT
 */
import { once } from 'node:events';
import { Client, credentials, type requestCallback, status } from '@grpc/grpc-js';
import { decodeNote, encodeNote, INVENTORY_SERVICE } from './inventory-service.ts';

const { find, list, count, order } = INVENTORY_SERVICE;
const client = new Client(process.argv[2] as string, credentials.createSsl());

/** Until the answer is there. A call may fail as it should. */
function answered(
  call: (done: requestCallback<string>) => unknown,
  expected: status = status.OK,
): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => {
      if ((error?.code ?? status.OK) === expected) resolve();
      else reject(error ?? new Error('the call did not fail'));
    });
  });
}

await answered((done) => client.makeUnaryRequest(find.path, encodeNote, decodeNote, 'whisk', done));
await answered(
  (done) => client.makeUnaryRequest(find.path, encodeNote, decodeNote, 'unicorn', done),
  status.NOT_FOUND,
);

const listed = client.makeServerStreamRequest(list.path, encodeNote, decodeNote, 'all');
await once(listed.resume(), 'end');

await answered((done) => {
  const counted = client.makeClientStreamRequest(count.path, encodeNote, decodeNote, done);
  counted.write('kettle');
  counted.write('toaster');
  counted.end();
});

const ordered = client.makeBidiStreamRequest(order.path, encodeNote, decodeNote);
for (const item of ['kettle', 'whisk']) {
  ordered.write(item);
  await once(ordered, 'data');
}
ordered.end();
await once(ordered, 'end');
client.close();
