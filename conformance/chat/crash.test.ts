/**
 * The server dies as by a power cut, while people talk, and comes back. Pages find back by
 * themselves; what a page has shown as said is there for everybody, once; what was written during
 * the outage is said afterwards. The server is killed as soon as a line is shown, which is when the
 * least of it may have reached the disk.
 */

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { type Server, startServer } from "../harness.ts";
import { enter, openBrowser, type Visitor } from "./visitor.ts";

setDefaultTimeout(120_000);

const rounds = 3;
const template = "apps/chat/template.yaml";
/** As `start` has it: browsers sign. */
const flags = ["--anonymous", "tcp,api"];
let folder: string;
let server: Server;
let browser: Browser;

const start = (at?: Server) =>
  startServer({ template, dataFolder: join(folder, "data"), at, flags });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-crash-"));
  server = await start();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("killed and started again, nobody loses a line or sees one twice", async () => {
  const url = `${server.edge}/crash`;
  const ann = await enter(browser, { url, name: "Ann" });
  const ben = await enter(browser, { url, name: "Ben" });
  const said: string[] = [];
  const say = async (person: Visitor, text: string) => {
    said.push(text);
    await person.say(text);
  };
  for (let round = 0; round < rounds; round++) {
    await say(ann, `Ann before ${round}`);
    await say(ben, `Ben before ${round}`);
    await ann.seeSaid(`Ann before ${round}`);
    await server.kill();
    await ann.page.getByText("No connection").waitFor();
    await say(ann, `Ann during ${round}`);
    await say(ben, `Ben during ${round}`);
    expect(await ann.page.locator('[data-state="waiting"].line').count()).toBeGreaterThan(0);
    server = await start(server);
    for (const person of [ann, ben]) for (const text of said) await person.seeSaid(text);
  }
  const newcomer = await enter(browser, { url });
  for (const text of said) await newcomer.seeSaid(text);
  for (const person of [ann, ben, newcomer]) {
    expect((await person.texts()).toSorted()).toEqual(said.toSorted());
    await person.leave();
  }
});
