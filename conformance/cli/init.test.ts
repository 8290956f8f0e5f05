/** A new application, as it is written: it starts, and does what its page says it does. */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Server, startServer } from "../harness.ts";

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

describe("a new application", () => {
  let server: Server;

  beforeAll(async () => {
    const { exitCode, out } = init("application");
    expect([exitCode, out]).toEqual([0, expect.stringContaining("npm install && npm start")]);
    server = await startServer({
      template: relative(root, join(application, "template.yaml")),
      dataFolder: join(folder, "data"),
      flags: ["--no-watch"],
    });
  });

  afterAll(async () => void (await server?.stop()));

  test("names the command that starts it", () => {
    const { scripts, dependencies } = readJson("package.json");
    expect(scripts).toEqual({ start: "millrace start", debug: "millrace start --inspect" });
    const { version } = JSON.parse(
      readFileSync(join(root, "packages/millrace/package.json"), "utf8"),
    );
    expect(dependencies).toEqual({ millrace: version });
  });

  test("keeps what is said and shows it", async () => {
    const said = await fetch(`${server.api}/topics/hello/you?qos=1`, {
      method: "POST",
      body: JSON.stringify({ text: "good <morning>" }),
    });
    expect(said.status).toBe(200);
    let page = "";
    for (let tries = 0; tries < 300 && !page.includes("you"); tries += 1) {
      page = await (await fetch(server.edge)).text();
      await Bun.sleep(20);
    }
    expect(page).toContain("you: good &#60;morning&#62;");
  });

  test("is attached to on the ports that its functions have", async () => {
    await server.stop();
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
