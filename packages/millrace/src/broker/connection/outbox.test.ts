import { expect, test } from "bun:test";
import { noBytes, textOf, utf8 } from "../../base/mod.ts";
import { Counters } from "../counters.ts";
import { Flusher, Outbox } from "./outbox.ts";

class Paper {
  writable = true;
  readonly writes: Uint8Array[] = [];

  write(bytes: Uint8Array): void {
    this.writes.push(bytes);
  }

  get text(): string[] {
    return this.writes.map(textOf);
  }
}

function turn() {
  const callbacks: (() => void)[] = [];
  const end = () => {
    for (const callback of callbacks.splice(0)) callback();
  };
  return { flusher: new Flusher((callback) => callbacks.push(callback), new Counters()), end };
}

test("packets of one turn leave in one write, in order", () => {
  const { flusher, end } = turn();
  const paper = new Paper();
  const outbox = new Outbox(flusher, paper, 100);
  outbox.send(utf8("a"));
  outbox.offer(utf8("b"));
  expect(paper.writes).toHaveLength(0);
  end();
  outbox.send(utf8("c"));
  end();
  expect(paper.text).toEqual(["ab", "c"]);
});

test("connections that get the same packets share the same bytes", () => {
  const { flusher, end } = turn();
  const papers = [new Paper(), new Paper(), new Paper()];
  const outboxes = papers.map((paper) => new Outbox(flusher, paper, 100));
  const [first, second] = [utf8("first "), utf8("second")];
  for (const packet of [first, second]) for (const outbox of outboxes) outbox.send(packet);
  outboxes[2]?.send(utf8("!"));
  end();
  expect(papers[0]?.text).toEqual(["first second"]);
  expect(papers[1]?.writes[0]).toBe(papers[0]?.writes[0] ?? noBytes);
  expect(papers[2]?.text).toEqual(["first second!"]);
});

test("interleaved packets of different rooms never mix", () => {
  const { flusher, end } = turn();
  const [left, right] = [new Paper(), new Paper()];
  const [toLeft, toRight] = [new Outbox(flusher, left, 100), new Outbox(flusher, right, 100)];
  const shared = utf8("s");
  toLeft.send(shared);
  toLeft.send(utf8("1"));
  toRight.send(shared);
  toRight.send(utf8("2"));
  toLeft.send(shared);
  toRight.send(shared);
  end();
  expect(left.text).toEqual(["s1s"]);
  expect(right.text).toEqual(["s2s"]);
});

test("a slow reader keeps at most its bound, what is dropped is counted, and order stays", () => {
  const { flusher, end } = turn();
  const paper = new Paper();
  const outbox = new Outbox(flusher, paper, 4);
  paper.writable = false;
  expect(outbox.offer(utf8("ab"))).toBe(true);
  expect(outbox.offer(utf8("cd"))).toBe(true);
  expect(outbox.offer(utf8("ef"))).toBe(false);
  outbox.send(utf8("!"));
  end();
  expect(paper.writes).toHaveLength(0);
  expect(outbox.droppedCount).toBe(1);
  paper.writable = true;
  outbox.flush();
  expect(paper.text).toEqual(["abcd!"]);
  expect(outbox.pendingBytes).toBe(0);
});

test("what one reader gets when it drains is not kept for the others, who may stay slow", () => {
  const { flusher, end } = turn();
  const papers = [new Paper(), new Paper()];
  const outboxes = papers.map((paper) => new Outbox(flusher, paper, 100));
  for (const paper of papers) paper.writable = false;
  for (const packet of [utf8("a"), utf8("b")]) for (const outbox of outboxes) outbox.send(packet);
  end();
  for (const [index, paper] of papers.entries()) {
    paper.writable = true;
    outboxes[index]?.flush();
  }
  expect(papers.map(({ text }) => text)).toEqual([["ab"], ["ab"]]);
  expect(papers[0]?.writes[0]).not.toBe(papers[1]?.writes[0] ?? noBytes);
});

test("receivers of one packet have it under packet ids of their own, a slow one too", () => {
  const { flusher, end } = turn();
  const texts: string[][] = [[], [], []];
  const sinks = texts.map((own) => ({
    writable: true,
    write: (bytes: Uint8Array) => void own.push(Buffer.from(bytes).toString("latin1")),
  }));
  const outboxes = sinks.map((sink) => new Outbox(flusher, sink, 100));
  const packets = ["a..", "b.."].map((text) => ({ bytes: utf8(text), packetIdAt: 1 }));
  sinks[2]!.writable = false;
  for (const [index, outbox] of outboxes.entries()) {
    outbox.sendNumbered(packets[0]!, 0x3031 + index);
    if (index === 1) outbox.send(utf8("!"));
    outbox.sendNumbered(packets[1]!, 0x4141 + index);
  }
  end();
  for (const outbox of outboxes) outbox.sendNumbered(packets[0]!, 0x5a5a);
  end();
  sinks[2]!.writable = true;
  outboxes[2]!.flush();
  expect(texts).toEqual([["a01bAA", "aZZ"], ["a02!bAB", "aZZ"], ["a03bACaZZ"]]);
});
