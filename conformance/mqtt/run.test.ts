import { expect, test } from "bun:test";
import { join } from "node:path";

/** The command against a server that accepts every CONNECT and answers what follows with this. */
async function run(answer: string, ...flags: string[]) {
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data: (socket, bytes) => {
        socket.write(Buffer.from(bytes[0] === 0x10 ? "20020000" : answer, "hex"));
      },
    },
  });
  const script = join(import.meta.dir, "run.ts");
  const choice = ["--port", String(server.port), "--level", "4", "--wait", "200"];
  const filter = ["--filter", "PINGREQ with content"];
  const command = Bun.spawn([process.execPath, script, ...choice, ...filter, ...flags]);
  const text = await new Response(command.stdout).text();
  const code = await command.exited;
  server.stop(true);
  return { text, code };
}

test("the command says what failed, and ends with 1", async () => {
  const { text, code } = await run("d000");
  expect(text).toContain("FAILED  fixed-header: PINGREQ with content ends the connection (4)");
  expect(text).toContain("expected a close, but PINGRESP came: d0 00");
  expect(code).toBe(1);
});

test("a deviation that the data list is none of its failures", async () => {
  const { text, code } = await run("d000", "--as", "mosquitto 2.0.11");
  expect(text).toContain("deviates: 1\nFAILED: 0\n");
  expect(code).toBe(0);
});

test("a case with a tag can be left out", async () => {
  const { text, code } = await run("", "--filter", "publish-qos2", "--without", "qos2");
  expect(text).toContain("passed: 0\ndeviates: 0\nFAILED: 0\n");
  expect(code).toBe(0);
});
