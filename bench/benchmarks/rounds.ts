/**
 * The comparison that all benchmarks share: every round, every peer, one at a time.
 *
 * A peer is started afresh for each measurement and stopped after it. The order of the peers turns
 * round with every round, so that a machine that grows slower or faster favours nobody. A peer
 * that fails is noted with its reason, and the others go on.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Figures } from "../load/workload.ts";
import { figureOf, show } from "../report/numbers.ts";
import type { PeerResult, Section, Subject } from "../report/section.ts";
import type { Needs, Peer, RunningPeer, StartContext } from "../servers/peer.ts";
import type { Processes } from "../servers/processes.ts";

/** What the sections of a run have in common. */
export interface Laboratory {
  readonly processes: Processes;
  /** Each server gets a folder in it, for as long as it runs. */
  readonly folder: string;
  readonly peers: readonly Peer[];
  readonly roundCount: number;
  readonly profileFolder?: string;
  /** Told what is being measured, and what came of it. */
  readonly progress: (line: string) => void;
}

export interface Trial {
  readonly subject: Subject;
  readonly needs: Needs;
  /** Beyond what `needs` says. */
  readonly start?: Pick<StartContext, "openFilesMax">;
  /** Puts the running server under load and answers with what came of it. */
  readonly measure: (running: RunningPeer) => Promise<Figures>;
}

export async function compare(trial: Trial, laboratory: Laboratory): Promise<Section> {
  const { subject, needs, measure } = trial;
  const { peers, roundCount, progress } = laboratory;
  const rounds = new Map<Peer, Figures[]>(peers.map((peer) => [peer, []]));
  const objections = new Map(peers.map((peer) => [peer, peer.objection(needs)]));
  const failures = new Map<Peer, string>();
  for (let round = 0; round < roundCount; round += 1) {
    for (const peer of round % 2 === 0 ? peers : [...peers].reverse()) {
      if (objections.get(peer) !== undefined || failures.has(peer)) continue;
      const { group, name } = subject;
      const label = `${name}, ${group}, round ${round + 1} of ${roundCount}, ${peer.name}`;
      try {
        const figures = await withPeer(peer, trial, laboratory, measure);
        rounds.get(peer)!.push(figures);
        progress(`${label}: ${describe(figures, subject)}`);
      } catch (error) {
        failures.set(peer, error instanceof Error ? error.message : String(error));
        progress(`${label}: ${failures.get(peer)}`);
      }
    }
  }
  const results = peers.map(
    (peer): PeerResult => ({
      name: peer.name,
      rounds: rounds.get(peer)!,
      problem: objections.get(peer) ?? failures.get(peer),
      failed: failures.has(peer),
    }),
  );
  return { ...subject, peers: results };
}

/** Starts the peer in a folder of its own, and stops everything when `use` has ended. */
export async function withPeer<T>(
  peer: Peer,
  { needs, start }: Pick<Trial, "needs" | "start">,
  { processes, folder, profileFolder }: Pick<Laboratory, "processes" | "folder" | "profileFolder">,
  use: (running: RunningPeer) => Promise<T>,
): Promise<T> {
  const own = mkdtempSync(join(folder, "peer-"));
  const { transport, qos, durable, tables } = needs;
  const asked = { transport, qos, durable, tables };
  const context = { processes, folder: own, ...asked, profileFolder, ...start };
  try {
    return await use(await peer.start(context));
  } finally {
    await processes.stopAll();
    rmSync(own, { recursive: true, force: true });
  }
}

function describe(figures: Figures, { columns: [main] }: Subject): string {
  return `${show(figureOf(figures, main.key), main.show)} ${main.heading}`;
}
