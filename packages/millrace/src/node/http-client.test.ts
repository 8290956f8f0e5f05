import { afterAll, expect, test } from "bun:test";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { textOf, utf8 } from "../base/mod.ts";
import { postOverHttp } from "./http-client.ts";

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
});

/** A server on this machine; its answers are up to `answer`, and what came is in `received`. */
async function serve(answer: (response: ServerResponse) => void) {
  const received: { method?: string; headers: object; body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", headers } = request;
      received.push({ method, headers, body: textOf(Buffer.concat(chunks)) });
      answer(response);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
  const post = (timeoutMs = 10_000) =>
    postOverHttp({ url, headers: [["x-a", "1"]], body: utf8("{}"), timeoutMs });
  return { received, post };
}

test("what is posted arrives as it is, and the status comes back", async () => {
  const { received, post } = await serve((response) => response.writeHead(202).end("ok"));
  expect(await post()).toEqual({ status: 202, isLong: false });
  expect(received).toMatchObject([{ method: "POST", headers: { "x-a": "1" }, body: "{}" }]);
});

test("a redirect is an answer like any other", async () => {
  const { received, post } = await serve((response) =>
    response.writeHead(307, { location: "/elsewhere" }).end(),
  );
  expect(await post()).toMatchObject({ status: 307 });
  expect(received).toHaveLength(1);
});

test.each([
  [16_384, false],
  [16_385, true],
])("an answer of %d bytes is long: %p", async (length, isLong) => {
  const { post } = await serve((response) => response.writeHead(500).end("x".repeat(length)));
  expect(await post()).toEqual({ status: 500, isLong });
});

test.each<[string, (response: ServerResponse) => void]>([
  ["does not answer", () => {}],
  ["does not end its answer", (response) => void response.writeHead(200).write("x")],
])("an endpoint that %s is given up in time", async (_, answer) => {
  const { post } = await serve(answer);
  await expect(post(50)).rejects.toThrow();
});

test("a connection that is closed is no answer", async () => {
  const server = createTcpServer((socket) => void socket.once("data", () => socket.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const request = { url, headers: [], body: utf8("{}"), timeoutMs: 10_000 };
  await expect(postOverHttp(request)).rejects.toThrow();
  server.close();
});
