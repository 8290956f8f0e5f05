/**
 * Questions to the back end and their answers, which come into the inbox and carry the question's
 * nonce. A question is repeated while no answer comes, and given up in the end; asking twice is
 * harmless, the second answer finds nobody waiting.
 */

import { type Line, readLine } from "./line.ts";

export interface Page {
  /** Newest first; what is not a line has been passed over. */
  readonly items: readonly Line[];
  /** From where on to ask for older lines; absent when there are none. */
  readonly before?: string;
  /** The public id of whoever asked. */
  readonly you?: string;
}

export interface Question {
  /** `hello` once per connection, `page` for more. */
  readonly type: "hello" | "page";
  /** Only older lines than this cursor; absent: the newest. */
  readonly before?: string;
}

export interface Inquiry {
  /** Rejects with a reason in words: refused, given up, or the connection was lost. */
  readonly ask: (question: Question) => Promise<Page>;
  /** Takes an answer; others are passed over. */
  readonly receive: (message: Record<string, unknown>) => void;
  readonly abandon: () => void;
}

export interface InquiryParts {
  readonly room: string;
  readonly makeNonce: () => string;
  /** Publishes on `chat/out`; rejects when the connection is lost. */
  readonly send: (message: object) => Promise<void>;
  /** Runs something after a while; the result cancels it. */
  readonly later: (milliseconds: number, run: () => void) => () => void;
}

interface Waiting {
  readonly resolve: (page: Page) => void;
  readonly reject: (reason: Error) => void;
}

const repeatAfterMilliseconds = 5_000;
const attemptsMax = 4;

export function createInquiry({ room, makeNonce, send, later }: InquiryParts): Inquiry {
  const waiting = new Map<string, Waiting>();

  return {
    async ask(question) {
      const nonce = makeNonce();
      // `have` and `caps` are for code that the back end may offer; this page takes none.
      const more = question.type === "hello" ? { have: [], caps: [] } : { limit: 50 };
      const message = { v: 1, room, nonce, ...question, ...more };
      let cancel = () => {};
      const answer = new Promise<Page>((resolve, reject) => {
        waiting.set(nonce, { resolve, reject });
        const attempt = (count: number) => {
          if (count === attemptsMax) return reject(new Error("The back end does not answer"));
          send(message).catch(reject);
          cancel = later(repeatAfterMilliseconds * 2 ** count, () => attempt(count + 1));
        };
        attempt(0);
      });
      return answer.finally(() => {
        cancel();
        waiting.delete(nonce);
      });
    },
    receive(message) {
      if (message.type === "page" && message.room === room && typeof message.nonce === "string") {
        waiting.get(message.nonce)?.resolve(readPage(message));
      }
      if (message.type === "error" && typeof message.of === "string") {
        waiting.get(message.of)?.reject(new Error(String(message.text)));
      }
    },
    abandon() {
      for (const { reject } of waiting.values()) reject(new Error("The connection was lost"));
    },
  };
}

function readPage({ items, before, you }: Record<string, unknown>): Page {
  const lines = Array.isArray(items) ? items.map(readLine) : [];
  return {
    items: lines.filter((line) => line !== undefined),
    before: typeof before === "string" ? before : undefined,
    you: typeof you === "string" ? you : undefined,
  };
}
