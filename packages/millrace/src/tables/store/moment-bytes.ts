/** Moments as keys of a history have them: eight bytes of milliseconds, four of a count. */

/** A time and a count, as keys have them. */
export function encodeMoment(ms: number, count: number): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(ms));
  view.setUint32(8, count >>> 0);
  return bytes;
}
