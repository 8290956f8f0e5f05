/**
 * The fan-out comparison: every scenario, every round, every peer, one at a time.
 *
 * A peer is started afresh for each measurement and stopped after it. The order of the peers turns
 * round with every round, so that a machine that grows slower or faster favours nobody. A peer
 * that fails is noted with its reason, and the others go on.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Measurement, Transport, Workload } from "./load/workload.ts";
import { payloadBytes, type Scenario } from "./scenarios/scenario.ts";
import type { Peer } from "./servers/peer.ts";
import { Processes } from "./servers/processes.ts";

export interface FanOutOptions {
  readonly scenarios: readonly Scenario[];
  readonly peers: readonly Peer[];
  readonly roundCount: number;
  readonly measureSeconds: number;
  readonly transport: Transport;
  /** Told what is being measured, and what came of it. */
  readonly progress: (line: string) => void;
}

export interface PeerResult {
  readonly name: string;
  readonly rounds: readonly Measurement[];
  /** Why there are no rounds, or fewer. */
  readonly problem?: string;
  /** It took part and broke down. */
  readonly failed: boolean;
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly peers: readonly PeerResult[];
}

const warmUpSeconds = 1;
const connectSecondsMax = 40; // the generator itself gives up a little earlier
const generator = join(import.meta.dir, "generator.ts");

export async function compareFanOut(options: FanOutOptions): Promise<ScenarioResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-bench-"));
  const processes = new Processes(folder);
  try {
    const results: ScenarioResult[] = [];
    for (const scenario of options.scenarios) {
      results.push(await compareScenario(scenario, { ...options, folder, processes }));
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Run extends FanOutOptions {
  readonly folder: string;
  readonly processes: Processes;
}

async function compareScenario(scenario: Scenario, run: Run): Promise<ScenarioResult> {
  const rounds = new Map<Peer, Measurement[]>(run.peers.map((peer) => [peer, []]));
  const problems = new Map<Peer, string>();
  for (const peer of run.peers) {
    const objection = peer.objection(run.transport);
    if (objection !== undefined) problems.set(peer, objection);
  }
  for (let round = 0; round < run.roundCount; round += 1) {
    for (const peer of round % 2 === 0 ? run.peers : [...run.peers].reverse()) {
      if (problems.has(peer)) continue;
      const label = `${scenario.name}, round ${round + 1} of ${run.roundCount}, ${peer.name}`;
      try {
        const measurement = await measurePeer(peer, scenario, run);
        rounds.get(peer)!.push(measurement);
        const rate = Math.round(measurement.deliveriesPerSecond).toLocaleString("en");
        run.progress(`${label}: ${rate} deliveries/s`);
      } catch (error) {
        problems.set(peer, error instanceof Error ? error.message : String(error));
        run.progress(`${label}: ${problems.get(peer)}`);
      }
    }
  }
  const peers = run.peers.map((peer) => ({
    name: peer.name,
    rounds: rounds.get(peer)!,
    problem: problems.get(peer),
    failed: problems.has(peer) && peer.objection(run.transport) === undefined,
  }));
  return { scenario, peers };
}

async function measurePeer(peer: Peer, scenario: Scenario, run: Run): Promise<Measurement> {
  const { processes, measureSeconds } = run;
  const folder = mkdtempSync(join(run.folder, "peer-"));
  try {
    const { target, pid } = await peer.start({ ...run, folder });
    const { roomCount, subscribersPerRoom, window } = scenario;
    const workload: Workload = {
      target,
      serverPid: pid,
      roomCount,
      subscribersPerRoom,
      window,
      payloadBytes,
      warmUpSeconds,
      measureSeconds,
    };
    const command = [process.execPath, generator, JSON.stringify(workload)];
    const load = processes.start("generator", command);
    const line = await load.firstLine(connectSecondsMax + warmUpSeconds + measureSeconds);
    return JSON.parse(line) as Measurement;
  } finally {
    await processes.stopAll();
    rmSync(folder, { recursive: true, force: true });
  }
}
