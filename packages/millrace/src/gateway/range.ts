/**
 * One range of bytes (RFC 9110, 14). Several at once are answered with the whole, as is allowed.
 */

export interface ByteRange {
  /** First byte, from 0. */
  readonly start: number;
  /** Past the last byte. */
  readonly end: number;
}

/** `undefined`: no range, or none that we serve; `unsatisfiable`: it begins past the end. */
export function parseRange(
  header: string | null,
  sizeBytes: number,
): ByteRange | "unsatisfiable" | undefined {
  const found = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? "");
  if (!found) return undefined;
  const [, first, last] = found;
  if (!first && !last) return undefined;
  if (!first) {
    const count = Math.min(Number(last), sizeBytes);
    return count === 0 ? "unsatisfiable" : { start: sizeBytes - count, end: sizeBytes };
  }
  const start = Number(first);
  if (last && Number(last) < start) return undefined;
  if (start >= sizeBytes) return "unsatisfiable";
  return { start, end: last ? Math.min(Number(last) + 1, sizeBytes) : sizeBytes };
}
