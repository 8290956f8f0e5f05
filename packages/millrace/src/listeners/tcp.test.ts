import { expect, test } from "bun:test";
import { connect } from "node:net";
import { join } from "node:path";

/** Listens in a process of its own for the broker that `source` is, and writes `x` to it. */
async function listenFor(source: string) {
  const module = JSON.stringify(join(import.meta.dir, "tcp.ts"));
  const script = `
    const { listenTcp } = await import(${module});
    const { port } = listenTcp(${source}, { host: "127.0.0.1", port: 0 });
    console.log(port);`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "pipe" });
  const { value } = await child.stdout.getReader().read();
  const client = connect(Number(new TextDecoder().decode(value)), "127.0.0.1");
  client.on("error", () => {});
  client.write("x");
  await new Promise((resolve) => client.resume().once("close", resolve));
  return child;
}

test("a broken invariant ends the process instead of one connection", async () => {
  const child = await listenFor(`{
    connect: () => ({ lost() {}, receive() { throw new Error("invariant broken"); } })
  }`);
  expect(await child.exited).not.toBe(0);
  expect(await new Response(child.stderr).text()).toContain("invariant broken");
});

test("a connection that the broker refuses at once ends alone", async () => {
  const child = await listenFor(`{
    connect: (link) => { link.end(); return { lost() {}, receive() {} }; }
  }`);
  expect(child.exitCode).toBe(null);
  child.kill();
  await child.exited;
  expect(await new Response(child.stderr).text()).toBe("");
});
