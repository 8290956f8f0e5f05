/** The chat as people meet it: a real browser, the real server, nothing in between. */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import type { Browser, Page } from "playwright-core";
import { arrive, signedAddress } from "../guest.ts";
import { type Server, startServer } from "../harness.ts";
import { enter, follow, openBrowser } from "./visitor.ts";

setDefaultTimeout(60_000);

const pageBytesMax = 60_000;
const template = "apps/chat/template.yaml";
/** As `start` has it: browsers sign. */
const flags = ["--anonymous", "tcp,api"];
let folder: string;
let server: Server;
let browser: Browser;
const room = (path: string) => `${server.edge}${path}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-chat-"));
  const data = join(folder, "data");
  server = await startServer({ template, dataFolder: data, flags });
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("talking", () => {
  test("two people see each other's lines with author and time, in one order", async () => {
    const ann = await enter(browser, { url: room("/talk"), name: "Ann" });
    const ben = await enter(browser, { url: room("/talk"), name: "Ben" });
    const begin = Date.now();
    await ann.say("Good morning");
    await ben.seeSaid("Good morning");
    await ben.say("And to you");
    await ann.seeSaid("And to you");
    await ann.seeSaid("Good morning");
    for (const person of [ann, ben]) {
      expect(await person.texts()).toEqual(["Good morning", "And to you"]);
      const line = person.line("And to you");
      expect(await line.locator(".author").textContent()).toBe("Ben");
      const at = Date.parse((await line.locator("time").getAttribute("datetime")) ?? "");
      expect(at).toBeWithin(begin - 1_000, Date.now() + 1_000);
      expect(person.errors).toEqual([]);
      await person.leave();
    }
  });

  test("a room's name may be anything, and rooms do not hear each other", async () => {
    const first = await enter(browser, { url: room("/c++/tea %23 1"), name: "Ann" });
    const second = await enter(browser, { url: room("/c%2B%2B%2Ftea%20%23%201"), name: "Ben" });
    const other = await enter(browser, { url: room("/c"), name: "Cem" });
    expect(await first.page.getByRole("heading", { level: 1 }).textContent()).toBe("c++/tea # 1");
    await first.say("Only here");
    await second.seeSaid("Only here");
    await other.say("Elsewhere");
    await other.seeSaid("Elsewhere");
    expect(await other.texts()).toEqual(["Elsewhere"]);
    for (const person of [first, second, other]) await person.leave();
  });

  test("whoever joins later reads the backlog, page by page, in order", async () => {
    const texts = Array.from({ length: 120 }, (_, index) => `line ${index}`);
    const ann = await enter(browser, { url: room("/later"), name: "Ann" });
    const client = await connectAsync(server.mqtt, { clientId: "many" });
    for (const [index, text] of texts.entries()) {
      const id = `01KDVDNA${String(index).padStart(18, "0")}`;
      const line = { v: 1, type: "say", room: "later", id, name: "Ann", text };
      await client.publishAsync("chat/out", JSON.stringify(line), { qos: 1 });
    }
    await client.endAsync();
    await ann.seeSaid("line 119");
    expect(await ann.texts()).toEqual(texts);
    await ann.leave();

    const ben = await enter(browser, { url: room("/later") });
    await ben.line("line 119").waitFor();
    expect(await ben.page.locator("#announcer").textContent()).toBe("");
    while (!(await ben.line("line 0").isVisible())) {
      await ben.page.getByRole("log").evaluate((log) => log.scrollTo(0, 0));
      await ben.page.locator("#earlier:enabled, #earlier[hidden]").waitFor({ state: "attached" });
    }
    expect(await ben.texts()).toEqual(texts);
    expect(ben.errors).toEqual([]);
    await ben.leave();
  });

  test("a reload keeps the name, the person and the lines that wait", async () => {
    const ann = await enter(browser, { url: room("/reload"), name: "Ann" });
    await ann.say("before");
    await ann.seeSaid("before");
    const author = () => ann.line("before").locator(".tag").textContent();
    const before = await author();
    let isCut = true;
    await ann.page.routeWebSocket(/\/mqtt\?/, (socket) => {
      if (isCut) return void socket.close();
      socket.connectToServer();
    });
    await ann.page.reload();
    await ann.page.getByText("No connection").waitFor();
    await ann.say("meanwhile");
    await ann.line("meanwhile").getByText("Sending…").waitFor();
    isCut = false;
    await ann.page.reload();
    await ann.seeSaid("meanwhile");
    await ann.seeSaid("before"); // it comes with the backlog, after the line that waited or before it
    expect(await ann.texts()).toEqual(["before", "meanwhile"]);
    expect(await ann.page.getByRole("textbox", { name: "Your name" }).inputValue()).toBe("Ann");
    expect(await author()).toBe(before);
    expect(await ann.page.locator(".line.own").count()).toBe(2);
    await ann.leave();
  });
});

describe("strangers", () => {
  test("nobody is somebody else, hears what is not theirs, or speaks past the relay", async () => {
    const ann = await enter(browser, { url: room("/mine"), name: "Ann" });
    const annsIdentity = await ann.page.evaluate(() => localStorage.getItem("chat.identity"));
    const poolId = await ann.page.locator("html").getAttribute("data-pool");
    const eve = await arrive(server.edge, poolId ?? "");
    const connect = async (clientId: string, sessionExpiryInterval = 0) =>
      connectAsync(await signedAddress(server.websocket, eve.credentials), {
        clientId,
        protocolVersion: 5,
        reconnectPeriod: 0,
        properties: { sessionExpiryInterval },
      });
    const notAuthorized = { code: 0x87 };
    await expect(connect(`${annsIdentity}-tab`)).rejects.toMatchObject(notAuthorized);
    await expect(connect("anybody")).rejects.toMatchObject(notAuthorized);
    await expect(connect(`${eve.sub}-tab`, 3600)).rejects.toMatchObject(notAuthorized);
    const client = await connect(`${eve.sub}-tab`);
    const inbox = `chat/in/${annsIdentity}-tab`;
    for (const filter of [inbox, "chat/in/+", "chat/pub/#", "chat/pub/+", "chat/out", "#"]) {
      const heard = client.subscribeAsync(filter, { qos: 1 });
      await expect(heard).rejects.toThrow("Not authorized");
    }
    await client.subscribeAsync(`chat/in/${eve.sub}-tab`, { qos: 1 });
    for (const topic of ["chat/pub/mine", inbox]) {
      const line = { v: 1, type: "say", room: "mine", name: "Ann", text: "forged" };
      const said = client.publishAsync(topic, JSON.stringify(line), { qos: 1 });
      await expect(said).rejects.toMatchObject(notAuthorized);
    }
    await ann.say("genuine");
    await ann.seeSaid("genuine");
    expect(await ann.texts()).toEqual(["genuine"]);
    await client.endAsync();
    await ann.leave();
  });

  test("markup in a room, a name and a line stays text, and runs nothing", async () => {
    const evil = "<img src=x onerror=hacked=1>";
    const url = room(`/${encodeURIComponent(evil)}`);
    const ann = await enter(browser, { url, name: evil });
    const ben = await enter(browser, { url, name: "Ben" });
    await ann.say(`${evil}<script>hacked=1</script>`);
    for (const person of [ann, ben]) {
      const line = person.line(`${evil}<script>hacked=1</script>`);
      await line.waitFor();
      expect(await line.locator(".author").textContent()).toBe(evil);
      expect(await person.page.getByRole("heading", { level: 1 }).textContent()).toBe(evil);
      expect(await person.page.locator("img[src=x], #lines script").count()).toBe(0);
      expect(await person.page.evaluate(() => "hacked" in globalThis)).toBe(false);
      expect(person.errors).toEqual([]);
      await person.leave();
    }
  });

  test("junk published past the pages breaks none of them and is not kept", async () => {
    const ann = await enter(browser, { url: room("/junk"), name: "Ann" });
    const client = await connectAsync(server.mqtt);
    const line = {
      ...{ v: 1, type: "say", id: "01KDVDNA000000000000000000", name: "Eve", text: "kept" },
      ...{ author: "0123456789ab", at: Date.now() },
    };
    const junk = [
      ...["", "{", "null", "[]", "5", '{"message":null}', "\u0000\u00ff", '{"v":1,"type":"say"}'],
      ...[
        { ...line, at: 8e15 },
        { ...line, id: "x" },
        { ...line, text: { length: 1 } },
      ].map((value) => JSON.stringify(value)),
    ];
    for (const payload of junk) {
      await client.publishAsync("chat/pub/junk", payload, { qos: 1 });
      await client.publishAsync("chat/out", payload, { qos: 1 });
    }
    const ask = { v: 1, type: "page", room: "junk", nonce: "n", before: {}, limit: -1 };
    await client.publishAsync("chat/out", JSON.stringify(ask), { qos: 1 });
    await client.endAsync();

    await ann.say("still here");
    await ann.seeSaid("still here");
    const ben = await enter(browser, { url: room("/junk"), name: "Ben" });
    await ben.line("still here").waitFor();
    await ben.say("me too");
    await ann.seeSaid("me too");
    expect(await ben.texts()).toEqual(["still here", "me too"]);
    for (const person of [ann, ben]) {
      expect(person.errors).toEqual([]);
      await person.leave();
    }
  });

  test("a question that makes no sense is answered in words, in the inbox", async () => {
    const client = await connectAsync(server.mqtt, { clientId: "asker" });
    await client.subscribeAsync("chat/in/asker", { qos: 1 });
    const answered = new Promise<string>((resolve) => {
      client.on("message", (_topic, payload) => resolve(payload.toString()));
    });
    const ask = { v: 1, type: "page", room: "a/b", nonce: "n1" };
    await client.publishAsync("chat/out", JSON.stringify(ask), { qos: 1 });
    expect(JSON.parse(await answered)).toMatchObject({ type: "error", code: "bad-room", of: "n1" });
    await client.endAsync();
  });
});

describe("the page", () => {
  test("works by keyboard alone", async () => {
    const ann = await enter(browser, { url: room("/keys") });
    const { keyboard } = ann.page;
    const focused = () => ann.page.evaluate(() => document.activeElement?.id);
    expect(await focused()).toBe("name");
    await keyboard.type("Ann");
    await keyboard.press("Enter");
    expect(await focused()).toBe("message");
    await keyboard.press("Enter");
    await ann.page.getByText("Type a message first").waitFor();
    await keyboard.type("one");
    await keyboard.press("Shift+Enter");
    await keyboard.type("two");
    await keyboard.press("Enter");
    await ann.page.locator('[data-state="said"]').waitFor();
    expect(await ann.texts()).toEqual(["one\ntwo"]);

    await keyboard.type("three");
    await keyboard.press("Tab");
    const send = ann.page.getByRole("button", { name: "Send" });
    expect(await send.evaluate((button) => button === document.activeElement)).toBe(true);
    await keyboard.press("Enter");
    await ann.seeSaid("three");
    for (const key of ["Shift+Tab", "Shift+Tab"]) await keyboard.press(key);
    expect(await focused()).toBe("log");
    await ann.leave();
  });

  test("keeps what one types while the network is slow", async () => {
    const page = await (await browser.newContext()).newPage();
    const { promise: until, resolve: goOn } = Promise.withResolvers<void>();
    await page.route(room("/"), async (route) => {
      if (route.request().method() === "POST") await until;
      await route.continue();
    });
    await page.goto(room("/slow"));
    const ann = follow(page);
    await page.getByRole("textbox", { name: "Your name" }).fill("Ann");
    await ann.say("early");
    await page.getByText("The room is not open yet").waitFor();
    goOn();
    await page.getByText("Connected", { exact: true }).waitFor();
    expect(await page.getByText("The room is not open yet").count()).toBe(0);
    await page.getByRole("button", { name: "Send" }).click();
    await ann.seeSaid("early");
    expect(await ann.line("early").locator(".author").textContent()).toBe("Ann");
    await ann.leave();
  });

  test("says why a line is not sent", async () => {
    const ann = await enter(browser, { url: room("/limits") });
    await ann.say("nobody says this");
    await ann.page.getByText("Type your name first").waitFor();
    await ann.page.getByRole("textbox", { name: "Your name" }).fill("Ann");
    await ann.say("x".repeat(4_003));
    await ann.page.getByText("Too long by 3 characters").waitFor();
    await ann.say("y".repeat(4_000));
    await ann.seeSaid("y".repeat(4_000));
    expect(await ann.texts()).toHaveLength(1);
    await ann.leave();
  });

  test("tells a screen reader what others say now, not what one says oneself", async () => {
    const ann = await enter(browser, { url: room("/spoken"), name: "Ann" });
    const ben = await enter(browser, { url: room("/spoken"), name: "Ben" });
    await ann.say("hello");
    await ben.page.locator("#announcer").getByText("Ann: hello").waitFor({ state: "attached" });
    await ann.seeSaid("hello");
    expect(await ann.page.locator("#announcer").textContent()).toBe("");
    for (const person of [ann, ben]) await person.leave();
  });

  test("fits a phone: nothing to scroll sideways, everything large enough to touch", async () => {
    const phone = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };
    const ann = await enter(browser, { url: room("/phone"), name: "Ann", ...phone });
    await ann.say("w".repeat(300));
    await ann.seeSaid("w".repeat(300));
    for (const path of ["/phone", "/?rooms"]) {
      await ann.page.goto(room(path));
      const width = await ann.page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBe(360);
      for (const control of await ann.page.locator("button:visible, a:visible").all()) {
        const box = await control.boundingBox();
        expect(box?.height).toBeGreaterThanOrEqual(44);
        expect(box?.width).toBeGreaterThanOrEqual(44);
        expect((box?.x ?? -1) + (box?.width ?? 999)).toBeLessThanOrEqual(360);
      }
    }
    await ann.leave();
  });

  test("opens a room from the front page, by name or one that nobody can guess", async () => {
    const ann = await (await browser.newContext()).newPage();
    await ann.goto(room("/"));
    await ann.getByRole("heading", { name: "lobby" }).waitFor();
    await ann.getByRole("link", { name: "Rooms" }).click();
    await ann.waitForURL("**/?rooms");
    await ann.waitForLoadState(); // before that the form does nothing
    await ann.getByRole("textbox", { name: "Name of the room" }).fill("mqtt");
    await ann.keyboard.press("Enter");
    await ann.getByText('"mqtt" is taken').waitFor();
    await ann.getByRole("textbox", { name: "Name of the room" }).fill("tea & cake?");
    await ann.getByRole("button", { name: "Open" }).click();
    await ann.getByRole("heading", { name: "tea & cake?" }).waitFor();
    await ann.getByRole("link", { name: "Rooms" }).click();
    await ann.getByRole("link", { name: "tea & cake?" }).waitFor();
    await ann.getByRole("button", { name: "Make a secret room" }).click();
    await ann.getByRole("log").waitFor();
    expect(new URL(ann.url()).pathname).toMatch(/^\/[0-9a-f]{24}$/);
    await ann.context().close();
  });

  test("is at most 60 kB on the wire", async () => {
    const page = await (await browser.newContext()).newPage();
    const sizes: Promise<{ responseBodySize: number }>[] = [];
    page.on("requestfinished", (request) => sizes.push(request.sizes()));
    await page.goto(room("/size"));
    await page.getByText("It is quiet here.").waitFor();
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size.responseBodySize, 0);
    expect(bytes).toBeWithin(5_000, pageBytesMax);
    await page.context().close();
  });

  test("is light or dark as one likes", async () => {
    const ann = await enter(browser, { url: room("/looks"), name: "Ann" });
    await ann.say("Is the mill running already?");
    await ann.say("The water was low last night.");
    const grounds = new Set<string>();
    for (const colorScheme of ["light", "dark"] as const) {
      for (const [width, height] of [
        [1200, 800],
        [375, 720],
      ] as const) {
        const look = { colorScheme, viewport: { width, height } };
        const ben = await enter(browser, { url: room("/looks"), name: "Ben", ...look });
        await ben.say(`Since six, as seen by ${width} ${colorScheme} pixels`);
        await ben.seeSaid(`Since six, as seen by ${width} ${colorScheme} pixels`);
        await takePicture(ben.page, `room-${colorScheme}-${width}.png`);
        grounds.add(await ben.page.evaluate(() => getComputedStyle(document.body).backgroundColor));
        await ben.page.goto(room("/?rooms"));
        await takePicture(ben.page, `front-${colorScheme}-${width}.png`);
        await ben.leave();
      }
    }
    expect(grounds.size).toBe(2);
    await ann.leave();
  });
});

/** For eyes, not for the test: into the folder that `SCREENSHOTS` in the environment names. */
async function takePicture(page: Page, file: string): Promise<void> {
  const into = process.env.SCREENSHOTS;
  if (into !== undefined) await page.screenshot({ path: join(into, file) });
}
