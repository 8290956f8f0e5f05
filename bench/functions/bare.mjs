/**
 * The bare server: what Node's own HTTP server does with the same answer, and nothing in between.
 * Says its port on standard output.
 */

import { createServer } from "node:http";

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://127.0.0.1");
  const body = JSON.stringify({ path: pathname, rss: process.memoryUsage.rss() });
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
});
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
