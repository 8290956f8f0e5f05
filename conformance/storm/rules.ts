/**
 * The promises of a broker, held against the history of a storm.
 *
 * Only what must be so whatever the timing was: a message is owed to a session when its SUBACK had
 * been read before the message was first sent, when nobody asked to leave since, and when the
 * publisher read the acknowledgement. One copy is owed, whichever filters lead to the session.
 */

import type { History, Life, Message, Period, Receipt, Violation } from "./history.ts";

const sharePrefix = "$share/";

/** The promises that are broken; empty after a storm that the server has weathered. */
export function brokenPromises(history: History): Violation[] {
  return [
    ...history.violations,
    ...missingDeliveries(history),
    ...teamsOf(history).flatMap((team) => copiesInTeam(team, history)),
    ...history.lives.flatMap((life) => violationsIn(life, history.ends)),
  ];
}

/** What is owed and has not come: while a storm calms down, what is still to be waited for. */
export function missingDeliveries(history: History): Violation[] {
  const messages = [...history.messages.values()];
  const ofLives = history.lives.flatMap((life) => {
    if (!life.durable || life.endedAt > 0) return [];
    const owed = messages.filter((message) => isOwed(life, message));
    const missing = owed.filter(({ key }) => liveReceipts(life, key).length === 0);
    return missing.map((message) => violation(life, message, loss, "never came"));
  });
  const ofTeams = teamsOf(history).flatMap((team) => {
    const owed = messages.filter((message) => isOwedToTeam(team, message));
    const missing = owed.filter((message) => receiptsOf(team, message).length === 0);
    return missing.map((message) => violation(team[0]!, message, loss, "came to no member"));
  });
  return [...ofLives, ...ofTeams];
}

const loss = "acknowledged, so delivered";

/** The members of each shared subscription: a message is owed to one of them. */
function teamsOf({ lives }: History): Life[][] {
  const byGroup = Map.groupBy(lives, ({ periods }) => periods.map(groupOf).find(Boolean));
  byGroup.delete(undefined);
  return [...byGroup.values()];
}

function receiptsOf(team: readonly Life[], { key }: Message): Receipt[] {
  return team.flatMap(({ receipts }) => receipts.get(key) ?? []);
}

/** What comes to a team comes to one of its members. */
function copiesInTeam(team: readonly Life[], { messages, ends }: History): Violation[] {
  const shares = team.flatMap(({ periods }) => periods.filter(groupOf));
  return [...messages.values()].flatMap((message) => {
    const isShared = shares.some(({ filter }) => filterMatches(filter, message.topic));
    const receipts = isShared ? receiptsOf(team, message) : [];
    return receipts.length > 0 ? tooMany(team[0]!, receipts, ends) : [];
  });
}

function violationsIn(life: Life, ends: readonly number[]): Violation[] {
  return [
    ...[...life.receipts.values()].flatMap((receipts) => [
      ...tooMany(life, receipts, ends),
      ...receipts.flatMap((receipt) => unasked(life, receipt)),
    ]),
    ...outOfOrder(life),
  ];
}

/**
 * With QoS 2 a message comes once. With less it may come again when the server has taken it more
 * than once: a resend of QoS 1, or what it had sent on and not yet on disk when it ended. Other
 * copies of its own have DUP set.
 */
function tooMany(life: Life, receipts: readonly Receipt[], ends: readonly number[]): Violation[] {
  const live = receipts.filter(({ retain }) => !retain);
  const { message } = receipts[0]!;
  const takenMax = takenCountMax(message, ends);
  return ([0, 1, 2] as const).flatMap((qos) => {
    const all = live.filter((receipt) => receipt.qos === qos);
    const fresh = all.filter(({ dup }) => !dup);
    const counted = qos === 1 ? fresh : all;
    if (counted.length <= (qos === 2 ? 1 : takenMax)) return [];
    const text = `came ${all.length} times, ${fresh.length} without DUP; sent ${message.sends}`;
    return [violation(life, message, `QoS ${qos}: no copies of its own`, text)];
  });
}

/** How often the server may rightly have taken it for a new message. */
function takenCountMax(
  { qos, isWill, sends, firstSentAt, ownedAt }: Message,
  ends: readonly number[],
) {
  if (qos === 1 && !isWill) return sends;
  const since = ends.filter((at) => at > firstSentAt);
  if (isWill) return 1 + since.length;
  return Math.min(sends, 1 + since.filter((at) => ownedAt === 0 || at < ownedAt).length);
}

/** What came without a subscription, or with another QoS or identifiers than they give. */
function unasked(life: Life, receipt: Receipt): Violation[] {
  const { message, qos, identifiers } = receipt;
  const about = (rule: string, text: string) => [violation(life, message, rule, text)];
  if (message.withdrawnAt > 0) return about("wills", "came, though DISCONNECT took it back");
  const periods = life.periods.filter((period) => isPossible(period, receipt));
  if (periods.length === 0) return about("only what is subscribed", "matched no subscription");
  if (receipt.retain && !message.retain) return about("RETAIN", "came as retained, and never was");
  if (!periods.some((period) => Math.min(period.qos, message.qos) === qos)) {
    return about("QoS as granted", `came with QoS ${qos}`);
  }
  const known = periods.map(({ identifier }) => identifier);
  const unknown = identifiers.filter((identifier) => !known.includes(identifier));
  const missing = life.periods.filter(
    (period) => isIdentified(period, receipt) && !identifiers.includes(period.identifier!),
  );
  if (unknown.length + missing.length === 0) return [];
  const lacks = missing.map(({ identifier }) => identifier);
  return about("subscription identifiers", `came with ${identifiers}, lacks ${lacks}`);
}

/** One copy has the identifiers of all subscriptions that led to it; a retained one has its own. */
function isIdentified(period: Period, { at, message, retain }: Receipt): boolean {
  const { filter, identifier, grantedAt, leavingAt } = period;
  if (retain || identifier === undefined || groupOf(period)) return false;
  const isThere =
    grantedAt > 0 && message.firstSentAt > grantedAt && (!leavingAt || leavingAt > at);
  return isThere && filterMatches(filter, message.topic);
}

/** First deliveries keep the publisher's order, for each topic and QoS. */
function outOfOrder(life: Life): Violation[] {
  const last = new Map<string, Message>();
  const firsts = [...life.receipts.keys()].flatMap((key) => liveReceipts(life, key).slice(0, 1));
  const inOrder = firsts.sort((left, right) => left.at - right.at);
  return inOrder.flatMap((first) => {
    if (!keepsOrder(life, first)) return [];
    const { message, qos } = first;
    const line = `${message.publisher} ${message.topic} ${qos}`;
    const before = last.get(line);
    last.set(line, message);
    if (!before || before.number < message.number) return [];
    return [violation(life, message, "order", `came after ${before.key}`)];
  });
}

/** A resend may rightly be the first copy for whoever was not owed the original. */
function keepsOrder({ durable, periods }: Life, { message, qos }: Receipt): boolean {
  if (periods.some(groupOf)) return false;
  if (message.sends === 1) return true;
  return durable && qos > 0 && periods.some((period) => isSettled(period, message));
}

function liveReceipts(life: Life, key: string): Receipt[] {
  return (life.receipts.get(key) ?? []).filter(({ retain }) => !retain);
}

function isOwedToTeam(team: readonly Life[], message: Message): boolean {
  return team.some(({ periods }) =>
    periods.some((period) => groupOf(period) && isCertain(period, message)),
  );
}

function isOwed({ periods }: Life, message: Message): boolean {
  return periods.some((period) => !groupOf(period) && isCertain(period, message));
}

/** Owned by the server, and subscribed to before and ever since. */
function isCertain(period: Period, message: Message): boolean {
  return message.ownedAt > 0 && message.payload.length > 0 && isSettled(period, message);
}

function isSettled({ filter, qos, grantedAt, leavingAt }: Period, message: Message): boolean {
  if (grantedAt === 0 || leavingAt > 0 || message.firstSentAt < grantedAt) return false;
  return Math.min(qos, message.qos) > 0 && filterMatches(filter, message.topic);
}

function isPossible(period: Period, { at, message }: Receipt): boolean {
  if (period.askedAt > at) return false;
  if (period.leftAt > 0 && message.firstSentAt > period.leftAt) return false;
  return filterMatches(period.filter, message.topic);
}

function groupOf({ filter }: Period): string | undefined {
  return filter.startsWith(sharePrefix) ? filter : undefined;
}

const knownMatches = new Map<string, boolean>();

/** Whether a filter, also that of a shared subscription, leads to a topic. */
export function filterMatches(filter: string, topic: string): boolean {
  const question = `${filter} ${topic}`;
  const known = knownMatches.get(question) ?? matches(filter, topic);
  knownMatches.set(question, known);
  return known;
}

/** The slow and obvious way, on purpose not the one that the server uses. */
function matches(filter: string, topic: string): boolean {
  const plain = filter.startsWith(sharePrefix) ? filter.split("/").slice(2).join("/") : filter;
  const [filterLevels, levels] = [plain.split("/"), topic.split("/")];
  if (topic.startsWith("$") && !filterLevels[0]!.startsWith("$")) return false;
  for (const [index, level] of filterLevels.entries()) {
    if (level === "#") return true;
    if (levels[index] === undefined || (level !== "+" && level !== levels[index])) return false;
  }
  return filterLevels.length === levels.length;
}

function violation(life: Life, message: Message, rule: string, what: string): Violation {
  const { key, topic, qos, publisher } = message;
  const text = `${life.name}: message ${key} (QoS ${qos}, "${topic}") ${what}`;
  return { rule, text, about: [life.name.split("#")[0]!, key, publisher] };
}
