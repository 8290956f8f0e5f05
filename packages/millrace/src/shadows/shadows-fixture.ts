/** For the tests of this part: shadows on the memory engine, and everything that they publish. */

import { ManualClock, silentLogger, systemRandom, textOf, utf8 } from "../base/mod.ts";
import type { Message, Origin } from "../broker/mod.ts";
import { openMemoryRecords } from "../storage/mod.ts";
import { type ShadowPorts, Shadows } from "./shadows.ts";

export interface Told {
  readonly topic: string;
  readonly document: object;
}

export function openShadows(ports: Partial<ShadowPorts> = {}) {
  const told: Told[] = [];
  const messages: Message[] = [];
  const clock = new ManualClock(0);
  const shadows = new Shadows({
    records: openMemoryRecords(),
    clock,
    random: systemRandom,
    logger: silentLogger,
    publish(message) {
      messages.push(message);
      told.push({ topic: message.topic, document: JSON.parse(textOf(message.payload)) });
      return { accepted: true, matched: true };
    },
    ...ports,
  });
  const client: Origin = { clientId: "tester", ruleDepth: 0 };
  return {
    shadows,
    clock,
    told,
    messages,
    setSeconds: (seconds: number) => clock.advance(seconds * 1000 - clock.now()),
    /** As a message of one connection, unless `more` says otherwise. */
    ask(topic: string, payload: object | string | Uint8Array, more: Partial<Message> = {}) {
      const text = typeof payload === "string" ? payload : JSON.stringify(payload);
      const bytes = payload instanceof Uint8Array ? payload : utf8(text);
      const message = { topic, payload: bytes, qos: 1, retain: false, origin: client } as const;
      return shadows.tell({ ...message, ...more });
    },
  };
}
