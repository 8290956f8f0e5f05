import { expect, test } from "bun:test";
import { ManualClock } from "../base/mod.ts";
import { FailedAttempts } from "./failed-attempts.ts";
import { identityLimits as limits } from "./limits.ts";

const address = "198.51.100.7";

function open(failures = 0, from = address) {
  const clock = new ManualClock();
  const attempts = new FailedAttempts(clock);
  const fail = (count: number, at = from) => {
    for (let done = 0; done < count; done += 1) attempts.note(at);
  };
  fail(failures);
  /** How long the next try has to wait. */
  const waitMs = async (at = address) => {
    const wait = attempts.wait(at);
    if (!wait) return 0;
    const startMs = clock.now();
    let isOver = false;
    void wait.then(() => {
      isOver = true;
    });
    while (!isOver) {
      clock.advance(50);
      await Promise.resolve();
    }
    return clock.now() - startMs;
  };
  const figures = () =>
    Object.fromEntries(
      attempts.figures().map((one) => [one.name, "samples" in one ? one.samples[0]?.value : 0]),
    );
  return { clock, attempts, fail, waitMs, figures };
}

test("ten failures are free, then each makes the next try wait twice as long, up to a bound", async () => {
  const { fail, waitMs } = open(limits.failuresFree);
  const waits = [await waitMs()];
  for (let more = 0; more < 6; more += 1) {
    fail(1);
    waits.push(await waitMs());
  }
  expect(waits).toEqual([0, 250, 500, 1_000, 2_000, 2_000, 2_000]);
});

test("other addresses do not wait", async () => {
  const { waitMs } = open(20);
  expect(await waitMs("198.51.100.8")).toBe(0);
});

test("of an IPv6 address the network counts, however it is written", async () => {
  const { waitMs } = open(20, "2001:db8:0:1::a");
  expect(await waitMs("2001:db8:0:1:ffff::1")).toBe(2_000);
  expect(await waitMs("2001:db8::1:0:0:0:9")).toBe(2_000);
  expect(await waitMs("2001:db8:0:2::a")).toBe(0);
  expect(await open(20, "::1").waitMs("::2")).toBe(2_000);
  expect(await open(20, "::ffff:198.51.100.7").waitMs("::ffff:198.51.100.8")).toBe(0);
});

test("after ten quiet minutes an address is as good as new", async () => {
  const { clock, waitMs } = open(20);
  clock.advance(limits.failuresForgottenMs - 1);
  expect(await waitMs()).toBe(2_000);
  clock.advance(limits.failuresForgottenMs);
  expect(await waitMs()).toBe(0);
});

test("only so many tries wait at once; the next is turned away, and all are counted", async () => {
  const { clock, attempts, figures } = open(20);
  const waits = Array.from({ length: limits.waitingTriesMax + 3 }, () => attempts.wait(address));
  clock.advance(2_000);
  const turns = await Promise.all(waits);
  expect(turns.filter((isInTurn) => isInTurn)).toHaveLength(limits.waitingTriesMax);
  expect(figures()).toEqual({
    millrace_authentication_failures_total: 20,
    millrace_authentication_slowed_total: limits.waitingTriesMax,
    millrace_authentication_unseen_total: 3,
  });
});

test("of very many addresses those that failed longest ago are forgotten", async () => {
  const { fail, waitMs } = open(20);
  for (let count = 0; count < limits.failingAddressesMax; count += 1) {
    fail(1, `10.${count >> 16}.${(count >> 8) & 255}.${count & 255}`);
  }
  expect(await waitMs()).toBe(0);
});
