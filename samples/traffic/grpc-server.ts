/**
 * Serves inventory-service.ts.
 *
 * Usage: node --import tsx grpc-server.ts FOLDER HOST PORT
 */
import { readFileSync } from 'node:fs';
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { INVENTORY_SERVICE } from './inventory-service.ts';

const ITEMS = ['kettle', 'toaster', 'whisk'];

function find(call: ServerUnaryCall<string, string>, answer: sendUnaryData<string>): void {
  const { request } = call;
  if (ITEMS.includes(request)) answer(null, `found ${request}`);
  else answer({ code: status.NOT_FOUND, details: `no ${request}` });
}

function list(call: ServerWritableStream<string, string>): void {
  for (const item of ITEMS) call.write(item);
  call.end();
}

function count(call: ServerReadableStream<string, string>, answer: sendUnaryData<string>): void {
  let counted = 0;
  call.on('data', () => counted++);
  call.on('end', () => answer(null, `counted ${counted}`));
}

function order(call: ServerDuplexStream<string, string>): void {
  call.on('data', (item: string) => call.write(`ordered ${item}`));
  call.on('end', () => call.end());
}

const [folder, host, port] = process.argv.slice(2);
const keyPair = {
  private_key: readFileSync(`${folder}/key.pem`),
  cert_chain: readFileSync(`${folder}/cert.pem`),
};
const server = new Server();
server.addService(INVENTORY_SERVICE, { find, list, count, order });
server.bindAsync(`${host}:${port}`, ServerCredentials.createSsl(null, [keyPair]), (error) => {
  if (error) throw error;
  console.log('listening');
});
