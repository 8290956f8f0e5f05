/**
 * A handler of a hundred lines, as people write them: orders are checked, priced and answered. It
 * is here to be started; nobody calls it twice.
 */

import { createHash, randomUUID } from "node:crypto";

const currency = "EUR";
const linesMax = 50;

const prices = new Map([
  ["tea", 420],
  ["coffee", 650],
  ["cocoa", 510],
  ["sugar", 190],
]);

class BadOrder extends Error {
  constructor(message) {
    super(message);
    this.name = "BadOrder";
  }
}

function parseOrder(text) {
  if (!text) return { customer: "guest", lines: [] };
  let order;
  try {
    order = JSON.parse(text);
  } catch {
    throw new BadOrder("the body is no JSON");
  }
  if (typeof order !== "object" || order === null) throw new BadOrder("an order is an object");
  return { customer: checkName(order.customer), lines: checkLines(order.lines ?? []) };
}

function checkName(name) {
  if (typeof name !== "string" || name.trim() === "") throw new BadOrder("customer is missing");
  if (name.length > 80) throw new BadOrder("customer is longer than 80 characters");
  return name.trim();
}

function checkLines(lines) {
  if (!Array.isArray(lines)) throw new BadOrder("lines is a list");
  if (lines.length > linesMax) throw new BadOrder(`an order has ${linesMax} lines at most`);
  return lines.map(({ article, count }, index) => {
    if (!prices.has(article)) throw new BadOrder(`line ${index + 1}: there is no "${article}"`);
    if (!Number.isInteger(count) || count < 1) {
      throw new BadOrder(`line ${index + 1}: count is a whole number from 1`);
    }
    return { article, count };
  });
}

function priceOf(lines) {
  let cents = 0;
  for (const { article, count } of lines) cents += prices.get(article) * count;
  return { cents, shipping: cents >= 5000 || cents === 0 ? 0 : 490 };
}

function tagOf(order) {
  return createHash("sha256").update(JSON.stringify(order)).digest("base64url").slice(0, 16);
}

function formatMoney(cents) {
  const whole = Math.floor(cents / 100);
  const rest = String(cents % 100).padStart(2, "0");
  return `${whole}.${rest} ${currency}`;
}

function answer(statusCode, body, headers = {}) {
  return {
    statusCode,
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
    body: JSON.stringify(body),
  };
}

function confirm(order) {
  const { cents, shipping } = priceOf(order.lines);
  const confirmation = {
    id: randomUUID(),
    customer: order.customer,
    lines: order.lines.length,
    goods: formatMoney(cents),
    shipping: formatMoney(shipping),
    total: formatMoney(cents + shipping),
  };
  return answer(200, confirmation, { etag: `"${tagOf(order)}"` });
}

export const handler = async (event) => {
  try {
    return confirm(parseOrder(event.body));
  } catch (error) {
    if (error instanceof BadOrder) return answer(400, { message: error.message });
    throw error;
  }
};
