/**
 * The other end of remote-client.ts, for libraries that run on Node: a command a line, a result a
 * line. `makeClient` gets the options of a client and a function that says what happens by itself.
 */

import { createInterface } from "node:readline";

export function serveLines(makeClient) {
  const clients = new Map();
  const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const take = ({ client, do: verb, ...command }) => {
    if (verb !== "open") return clients.get(client)[verb](command);
    clients.set(
      client,
      makeClient(command.options, (event) => say({ client, ...event })),
    );
    return undefined;
  };
  createInterface({ input: process.stdin }).on("line", async (line) => {
    const { id, ...command } = JSON.parse(line);
    try {
      say({ id, ok: (await take(command)) ?? {} });
    } catch (error) {
      say({ id, error: String(error?.message ?? error) });
    }
  });
}
