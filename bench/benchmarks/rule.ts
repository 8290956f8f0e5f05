/**
 * What a rule in the way costs: fan-out of messages that a rule evaluates and republishes, against
 * the same messages published to the room itself. Both are Millrace.
 */

import { describeManner } from "../load/manner.ts";
import { describeScenario } from "../scenarios/scenario.ts";
import { millraceWithoutRule, millraceWithRule } from "../servers/millrace.ts";
import type { Benchmark } from "./benchmark.ts";
import { columns, describeWindow, loadRooms } from "./fan-out.ts";
import { compare } from "./rounds.ts";

const peers = [millraceWithRule, millraceWithoutRule];
const goals = [{ against: millraceWithoutRule.name, atLeast: 0.8 }];

export const rule: Benchmark = {
  name: "rule",
  summary: "fan-out with a rule between publishers and subscribers, against none",
  flags: ["scenario", "transport", "qos", "level"],
  async *run(settings, laboratory) {
    const { transports, qualities, levels, scenarios, measureSeconds } = settings;
    for (const transport of transports) {
      for (const level of levels) {
        for (const qos of qualities) {
          for (const scenario of scenarios) {
            const manner = { transport, level, qos };
            const pace = { kind: "window", outstanding: scenario.window } as const;
            const load = { manner, scenario, pace, measureSeconds, isJson: true };
            const subject = {
              benchmark: rule.name,
              group: describeManner(manner),
              name: scenario.name,
              description: `${describeScenario(scenario)}, ${describeWindow(scenario)}`,
              columns,
              goals,
            };
            const measure = (running: Parameters<typeof loadRooms>[0]["running"]) =>
              loadRooms({ ...load, running }, laboratory.processes);
            yield await compare({ subject, needs: manner, measure }, { ...laboratory, peers });
          }
        }
      }
    }
  },
};
