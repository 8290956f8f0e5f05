/**
 * What it costs that every client proves who it is and may do what its policies allow: clients that
 * come and go, and fan-out, over signed WebSockets against unsigned ones. Both are Millrace.
 *
 * All sign with one address, as the clients of one guest would: the signing key is remembered, the
 * signature and the session token are looked at anew for each.
 */

import { describeManner } from "../load/manner.ts";
import { describeScenario } from "../scenarios/scenario.ts";
import { millraceSigned, millraceUnsigned } from "../servers/millrace.ts";
import type { RunningPeer } from "../servers/peer.ts";
import type { Benchmark } from "./benchmark.ts";
import { connectsTrial } from "./connects.ts";
import { columns, describeWindow, loadRooms } from "./fan-out.ts";
import { compare } from "./rounds.ts";

const peers = [millraceSigned, millraceUnsigned];
const connectGoals = [{ against: millraceUnsigned.name, atLeast: 0.5 }];
const publishGoals = [{ against: millraceUnsigned.name, atLeast: 0.9 }];
const transport = "websocket";

export const identity: Benchmark = {
  name: "identity",
  summary: "signed clients with policies, against unsigned ones without",
  flags: ["scenario", "qos", "level"],
  async *run({ qualities, levels, scenarios, measureSeconds }, laboratory) {
    const shared = { ...laboratory, peers };
    const { processes } = laboratory;
    for (const atOnce of [1, 50]) {
      const trial = connectsTrial({ transport, atOnce, measureSeconds }, processes);
      const subject = { ...trial.subject, benchmark: identity.name, goals: connectGoals };
      yield await compare({ ...trial, subject }, shared);
    }
    for (const level of levels) {
      for (const qos of qualities) {
        for (const scenario of scenarios) {
          const manner = { transport, level, qos } as const;
          const pace = { kind: "window", outstanding: scenario.window } as const;
          const subject = {
            benchmark: `${identity.name}, fan-out`,
            group: describeManner(manner),
            name: scenario.name,
            description: `${describeScenario(scenario)}, ${describeWindow(scenario)}`,
            columns,
            goals: publishGoals,
          };
          const measure = (running: RunningPeer) =>
            loadRooms({ running, manner, scenario, pace, measureSeconds }, processes);
          yield await compare({ subject, needs: manner, measure }, shared);
        }
      }
    }
  },
};
