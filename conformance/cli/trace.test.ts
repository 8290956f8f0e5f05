import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";

const millrace = join(import.meta.dir, "../../node_modules/.bin/millrace");
const servers: { stop: (closeAll: boolean) => Promise<void> }[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(true);
});

/** A door whose trace never ends. */
function openEndless(): string {
  const line = new TextEncoder().encode(`${JSON.stringify({ number: 1 })}\n`);
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch() {
      const pull = async (lines: ReadableStreamDefaultController<Uint8Array>) => {
        await Bun.sleep(5);
        lines.enqueue(line);
      };
      return new Response(new ReadableStream({ pull }));
    },
  });
  servers.push(server);
  return String(server.port);
}

test("following ends without a word when nobody reads the lines any more", async () => {
  const command = Bun.spawn(
    [millrace, "trace", "--follow", "--json", "--api-port", openEndless()],
    { stdout: "pipe", stderr: "pipe" },
  );
  const reader = command.stdout.getReader();
  expect((await reader.read()).done).toBe(false);
  await reader.cancel();
  expect(await command.exited).toBe(0);
  expect(await new Response(command.stderr).text()).toBe("");
});
