/** The event stream encoding of AWS: one message, with headers that are texts. */

export const eventStreamType = "application/vnd.amazon.eventstream";

const textHeader = 7;
const overheadBytes = 16;

/** One message: lengths and their checksum, headers, payload, the checksum of all. */
export function encodeEventMessage(
  headers: Readonly<Record<string, string>>,
  payload: Uint8Array,
): Uint8Array {
  const head = encodeHeaders(headers);
  const message = new Uint8Array(overheadBytes + head.length + payload.length);
  const view = new DataView(message.buffer);
  view.setUint32(0, message.length);
  view.setUint32(4, head.length);
  view.setUint32(8, crc32(message.subarray(0, 8)));
  message.set(head, 12);
  message.set(payload, 12 + head.length);
  const end = message.length - 4;
  view.setUint32(end, crc32(message.subarray(0, end)));
  return message;
}

function encodeHeaders(headers: Readonly<Record<string, string>>): Uint8Array {
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const [nameBytes, valueBytes] = [encoder.encode(name), encoder.encode(value)];
    bytes.push(nameBytes.length, ...nameBytes, textHeader);
    bytes.push(valueBytes.length >> 8, valueBytes.length & 0xff, ...valueBytes);
  }
  return new Uint8Array(bytes);
}

const table = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = table[(value ^ byte) & 0xff]! ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
