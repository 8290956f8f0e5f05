import { expect, test } from "bun:test";
import { History, type Life, type Message, payloadOf, type Receipt } from "./history.ts";
import { brokenPromises, filterMatches, missingDeliveries } from "./rules.ts";

/** A small history: one listener, one publisher, and sentences about them. */
class Scene {
  readonly history = new History();
  readonly life = this.history.beginLife("listener", true);

  subscribe(filter: string, qos: 0 | 1 | 2, life = this.life, identifier?: number) {
    const askedAt = this.#tick();
    const grantedAt = this.#tick();
    const period = { filter, qos, identifier, askedAt, grantedAt, leavingAt: 0, leftAt: 0 };
    life.periods.push(period);
    return {
      leave: () => {
        period.leavingAt = this.#tick();
      },
      left: () => {
        period.leftAt = this.#tick();
      },
    };
  }

  publish(
    number: number,
    qos: 0 | 1 | 2,
    { topic = "a", retain = false, isWill = false } = {},
  ): Message {
    const key = `p.${number}`;
    const message = this.history.addMessage({
      ...{ key, publisher: "p", number, topic, qos, retain },
      ...{ payload: payloadOf(key, 0), properties: undefined, isWill },
    });
    this.send(message);
    return message;
  }

  send(message: Message) {
    message.sends += 1;
    message.firstSentAt ||= this.#tick();
  }

  own(message: Message) {
    message.ownedAt = this.#tick();
  }

  end() {
    this.history.ends.push(this.#tick());
  }

  receive(message: Message, is: Partial<Receipt> = {}, life: Life = this.life) {
    const { qos } = message;
    const plain = { at: this.#tick(), message, qos, retain: false, dup: false, identifiers: [] };
    this.history.receive(life, { ...plain, ...is });
  }

  broken(): string[] {
    return brokenPromises(this.history).map(({ rule }) => rule);
  }

  #tick(): number {
    return this.history.note("test", "");
  }
}

const loss = "acknowledged, so delivered";

test("what was acknowledged after SUBACK is missed, and nothing else", () => {
  const scene = new Scene();
  const early = scene.publish(1, 1);
  scene.subscribe("a", 1);
  scene.own(early);
  scene.publish(2, 1); // never acknowledged
  scene.own(scene.publish(3, 1, { topic: "b" }));
  scene.own(scene.publish(4, 0));
  expect(scene.broken()).toEqual([]);
  scene.own(scene.publish(5, 1));
  scene.own(scene.publish(6, 2));
  expect(scene.broken()).toEqual([loss, loss]);
  expect(missingDeliveries(scene.history).map(({ about }) => about[1])).toEqual(["p.5", "p.6"]);
});

test("nothing is owed to who left, to a session that ended, or with QoS 0", () => {
  const scene = new Scene();
  scene.subscribe("+", 1).leave();
  scene.subscribe("#", 0);
  const over = scene.history.beginLife("other", true);
  scene.subscribe("a", 1, over);
  over.endedAt = scene.history.tick;
  scene.subscribe("a", 1, scene.history.beginLife("third", false));
  scene.own(scene.publish(1, 2));
  expect(scene.broken()).toEqual([]);
});

test("a retained copy does not stand for the message itself", () => {
  const scene = new Scene();
  scene.subscribe("a", 1);
  const message = scene.publish(1, 1, { retain: true });
  scene.own(message);
  scene.receive(message, { retain: true });
  expect(scene.broken()).toEqual([loss]);
});

test("QoS 2 comes once, with DUP or without", () => {
  const scene = new Scene();
  scene.subscribe("a", 2);
  const message = scene.publish(1, 2);
  scene.own(message);
  scene.receive(message);
  scene.receive(message, { retain: true });
  expect(scene.broken()).toEqual(["RETAIN"]);
  scene.receive(message, { dup: true });
  expect(scene.broken()).toContain("QoS 2: no copies of its own");
});

test("QoS 1 may come again, as often as it was sent or else with DUP", () => {
  const scene = new Scene();
  scene.subscribe("a", 1);
  const message = scene.publish(1, 1);
  scene.own(message);
  for (const dup of [false, true, true]) scene.receive(message, { dup });
  expect(scene.broken()).toEqual([]);
  scene.receive(message);
  expect(scene.broken()).toEqual(["QoS 1: no copies of its own"]);
  scene.send(message);
  expect(scene.broken()).toEqual([]);
});

test("a QoS 2 message reaches lesser subscriptions again only when the server ended", () => {
  const scene = new Scene();
  scene.subscribe("a", 0);
  const message = scene.publish(1, 2);
  scene.receive(message, { qos: 0 });
  scene.send(message);
  scene.receive(message, { qos: 0 });
  expect(scene.broken()).toEqual(["QoS 0: no copies of its own"]);
  scene.end();
  expect(scene.broken()).toEqual([]);
});

test("a will of QoS 1 may come again when the server ended, one of QoS 2 may not", () => {
  const scene = new Scene();
  scene.subscribe("a", 2);
  const [one, two] = [scene.publish(1, 1, { isWill: true }), scene.publish(2, 2, { isWill: true })];
  for (const will of [one, two]) scene.own(will);
  for (const will of [one, one, two]) scene.receive(will);
  expect(scene.broken()).toEqual(["QoS 1: no copies of its own"]);
  scene.end();
  expect(scene.broken()).toEqual([]);
  scene.receive(two);
  expect(scene.broken()).toEqual(["QoS 2: no copies of its own"]);
});

test("a publisher's order is kept for each topic and QoS", () => {
  const scene = new Scene();
  scene.subscribe("#", 2);
  const [first, second] = [scene.publish(1, 1), scene.publish(2, 1)];
  const [other, elsewhere] = [scene.publish(3, 2), scene.publish(4, 1, { topic: "b" })];
  for (const message of [elsewhere, other, first, second]) scene.receive(message);
  scene.receive(first, { dup: true });
  expect(scene.broken()).toEqual([]);
  const [third, fourth] = [scene.publish(5, 1), scene.publish(6, 1)];
  scene.receive(fourth, { retain: true });
  scene.receive(fourth);
  scene.receive(third);
  expect(scene.broken()).toContain("order");
});

test("only what is subscribed comes, and only until UNSUBACK", () => {
  const scene = new Scene();
  const stay = scene.subscribe("a", 1);
  const other = scene.publish(1, 1, { topic: "b" });
  scene.receive(other);
  expect(scene.broken()).toEqual(["only what is subscribed"]);
  stay.leave();
  const between = scene.publish(2, 1);
  stay.left();
  scene.receive(between);
  expect(scene.broken()).toHaveLength(1);
  scene.receive(scene.publish(3, 1));
  expect(scene.broken()).toHaveLength(2);
});

test("the QoS is that of a subscription, and identifiers too", () => {
  const scene = new Scene();
  scene.subscribe("a", 1);
  scene.receive(scene.publish(1, 2), { qos: 1 });
  scene.receive(scene.publish(2, 0));
  expect(scene.broken()).toEqual([]);
  scene.receive(scene.publish(3, 2));
  scene.receive(scene.publish(4, 1), { identifiers: [7] });
  expect(scene.broken()).toEqual(["QoS as granted", "subscription identifiers"]);
});

test("one copy has the identifiers of all that led to it", () => {
  const scene = new Scene();
  scene.subscribe("a", 1, scene.life, 1);
  const second = scene.subscribe("+", 0, scene.life, 2);
  scene.receive(scene.publish(1, 1), { identifiers: [2, 1] });
  scene.receive(scene.publish(2, 1, { retain: true }), { identifiers: [1], retain: true });
  second.leave();
  scene.receive(scene.publish(3, 1), { identifiers: [1] });
  expect(scene.broken()).toEqual([]);
  scene.receive(scene.publish(4, 1), { identifiers: [2] });
  expect(scene.broken()).toEqual(["subscription identifiers"]);
});

test("a will that was taken back must not come", () => {
  const scene = new Scene();
  scene.subscribe("a", 1);
  const will = scene.publish(1, 1);
  will.withdrawnAt = scene.history.tick;
  scene.receive(will);
  expect(scene.broken()).toEqual(["wills"]);
});

test("a team gets a message once among all of its members", () => {
  const scene = new Scene();
  const other = scene.history.beginLife("other", true);
  for (const life of [scene.life, other]) scene.subscribe("$share/t/a", 2, life);
  const message = scene.publish(1, 2);
  scene.own(message);
  expect(scene.broken()).toEqual([loss]);
  scene.receive(message, {}, other);
  for (const life of [scene.life, other]) scene.subscribe("own", 2, life);
  const own = scene.publish(2, 2, { topic: "own" });
  for (const life of [scene.life, other]) scene.receive(own, {}, life);
  expect(scene.broken()).toEqual([]);
  scene.receive(message);
  expect(scene.broken()).toEqual(["QoS 2: no copies of its own"]);
});

test.each([
  ["#", "a/b", true],
  ["#", "$x/a", false],
  ["a/#", "a", true],
  ["a/#", "ab", false],
  ["a/+", "a", false],
  ["a/+", "a/", true],
  ["+/+", "/a", true],
  ["+", "a/b", false],
  ["a//b", "a/b", false],
  ["a/b", "a/b", true],
  ["$share/team/a/#", "a/b", true],
  ["$share/team/#", "b", true],
])("%s matches %s: %p", (filter, topic, matches) => {
  expect(filterMatches(filter, topic)).toBe(matches);
});
