/** A new application, as it is written: it starts, and does what its page says it does. */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Addresses, type Server, startServer } from "../harness.ts";

setDefaultTimeout(60_000);

const root = join(import.meta.dir, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "millrace-init-"));
const application = join(folder, "application");

afterAll(() => rmSync(folder, { recursive: true }));

function init(where: string) {
  const command = [join(root, "node_modules/.bin/millrace"), "init", where];
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd: folder });
  return { exitCode, out: stdout.toString(), err: stderr.toString() };
}

function readJson(path: string) {
  return JSON.parse(readFileSync(join(application, path), "utf8"));
}

test("a file that is there already is kept, and nothing else is written", () => {
  const kept = join(folder, "README.md");
  writeFileSync(kept, "mine");
  const { exitCode, err } = init(".");
  expect(exitCode).toBe(1);
  expect(err).toContain('it holds "README.md" already');
  expect(readFileSync(kept, "utf8")).toBe("mine");
  expect(() => readFileSync(join(folder, "template.yaml"))).toThrow();
});

/** `npm start`, as a user of the application does; resolves when everything is ready. */
async function npmStart(): Promise<Addresses & { readonly pid: number }> {
  const ports = "--port 0 --api-port 0 --mqtt-port 0 --json".split(" ");
  const child = Bun.spawn(["npm", "start", "--silent", "--", ...ports], {
    cwd: application,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of child.stdout) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes("\n")) return JSON.parse(text);
  }
  throw new Error(`npm start ended with ${await child.exited}: ${text}`);
}

describe("a new application", () => {
  let pid: number | undefined;
  let server: Server | undefined;

  beforeAll(() => {
    const { exitCode, out } = init("application");
    expect([exitCode, out]).toEqual([0, expect.stringContaining("npm install && npm start")]);
  });

  afterAll(async () => {
    if (pid) process.kill(pid, "SIGTERM");
    await server?.stop();
  });

  test("is installed and started, keeps what is said, and shows it", async () => {
    const install = ["npm", "install", "--offline", "--no-audit", "--no-fund"];
    const { exitCode, stderr } = Bun.spawnSync(install, { cwd: application });
    expect([exitCode, stderr.toString()]).toEqual([0, expect.anything()]);
    const started = await npmStart();
    pid = started.pid;
    const said = await fetch(`${started.api}/topics/hello/you?qos=1`, {
      method: "POST",
      body: JSON.stringify({ text: "good <morning>" }),
    });
    expect(said.status).toBe(200);
    let page = "";
    for (let tries = 0; tries < 300 && !page.includes("you"); tries += 1) {
      page = await (await fetch(started.edge)).text();
      await Bun.sleep(20);
    }
    expect(page).toContain("you: good &#60;morning&#62;");
  });

  test("is attached to on the ports that its functions have", async () => {
    const base = 20_000 + (process.pid % 10_000);
    server = await startServer({
      template: relative(root, join(application, "template.yaml")),
      dataFolder: join(folder, "data"),
      flags: [`--inspect=${base}`],
    });
    const { configurations } = readJson(".vscode/launch.json") as {
      configurations: { name: string; port: number }[];
    };
    const offsets = Object.values(server.inspect).map((port) => port - base);
    expect(offsets).toEqual(configurations.map(({ port }) => port - 9229));
    const names = Object.keys(server.inspect);
    for (const [index, { name }] of configurations.entries()) {
      expect(names[index]).toEndWith(name);
    }
  });
});
