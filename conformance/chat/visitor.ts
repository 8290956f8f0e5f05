/** People in the chat: a real browser, and what one does and sees in it. */

import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from "playwright-core";

/** `CHROMIUM` in the environment says where the browser is. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export interface Visitor {
  readonly page: Page;
  /** What went wrong in the page: uncaught errors and errors on its console. */
  readonly errors: string[];
  readonly say: (text: string) => Promise<void>;
  /** The line with exactly this text. */
  readonly line: (text: string) => Locator;
  /** Resolves when the room has shown the line. */
  readonly seeSaid: (text: string) => Promise<void>;
  /** The texts of all lines, in order. */
  readonly texts: () => Promise<string[]>;
  readonly leave: () => Promise<void>;
}

export interface VisitOptions extends BrowserContextOptions {
  readonly url: string;
  readonly name?: string;
}

/** A new person, who remembers nothing and shares nothing with the others. */
export async function enter(browser: Browser, options: VisitOptions): Promise<Visitor> {
  const { url, name, ...context } = options;
  const profile = await browser.newContext(context);
  const page = await profile.newPage();
  const visitor = follow(page);
  await page.goto(url);
  if (name !== undefined) await page.getByRole("textbox", { name: "Your name" }).fill(name);
  await page.getByText("Connected", { exact: true }).waitFor();
  return visitor;
}

/** A person in a page that is open already. */
export function follow(page: Page): Visitor {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  const log = page.getByRole("log");
  const line = (text: string) => {
    return log.getByRole("listitem").filter({ has: page.getByText(text, { exact: true }) });
  };
  return {
    page,
    errors,
    line,
    async say(text) {
      await page.getByRole("textbox", { name: "Message" }).fill(text);
      await page.getByRole("button", { name: "Send" }).click();
    },
    seeSaid: (text) => line(text).and(page.locator('[data-state="said"]')).waitFor(),
    texts: () => log.locator("li .text").allTextContents(),
    leave: () => page.context().close(),
  };
}
