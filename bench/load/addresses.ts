/**
 * Addresses of the loopback to connect from, because each has its own ports.
 *
 * There are some 28,000 ports, but the kernel finds a free one fast among the first quarter of
 * them only; and a port that was used is not free again for a minute.
 */

export const connectionsPerAddress = 5_000;

const addressCount = 60_000;
const perBlock = 250;
let takenCount = Math.floor(Math.random() * addressCount);

/** Enough of them for so many connections, others than those of a run just before. */
export function takeAddresses(connectionCount: number): string[] {
  const length = Math.ceil(connectionCount / connectionsPerAddress);
  return Array.from({ length }, () => {
    const number = takenCount % addressCount;
    takenCount += 1;
    return `127.1.${Math.floor(number / perBlock)}.${1 + (number % perBlock)}`;
  });
}
