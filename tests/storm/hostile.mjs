// A server that answers in the worst ways; the first part of the path chooses. Prints its address.
import { createServer } from 'node:http';
import { pipeline, Readable } from 'node:stream';

const MB = 1024 * 1024;
const chunk = Buffer.alloc(MB, ',1');

function* numbers(megabytes) {
  yield '{"status":"SUCCESS","data":{"content":[1';
  for (let sent = 0; sent < megabytes; sent += 1) yield chunk;
  yield ']}}';
}

const send = megabytes => (_request, response) => pipeline(Readable.from(numbers(megabytes)), response, () => {});

function drip(_request, response) {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  const drops = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(drops));
}

const answers = { flood: send(100), numbers: send(15), drip };

const server = createServer((request, response) => answers[request.url.split('/')[1]](request, response));
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
