/** The socket behind a descriptor, on Node and on Bun: the same few words for both. */

import { writeSync } from "node:fs";
import { Socket } from "node:net";

const readBytesMax = 65_536;

/**
 * `onData` gets bytes that are good until it returns. `write` takes bytes and calls back when they
 * have left this process; `ref` and `unref` say whether the socket keeps it alive. `onEnd` comes
 * once, also when the socket breaks.
 */
export function openSocket(options) {
  return process.versions.bun ? openBunSocket(options) : openNodeSocket(options);
}

/** Into one piece of memory for all reads: a stream of pieces costs a fifth of a call. */
function openNodeSocket({ descriptor, onData, onEnd }) {
  const onread = {
    buffer: Buffer.allocUnsafeSlow(readBytesMax),
    callback(length, buffer) {
      onData(buffer.subarray(0, length));
      return true; // go on reading
    },
  };
  const socket = new Socket({ fd: descriptor, readable: true, writable: true, onread });
  socket.on("close", onEnd);
  socket.on("error", onEnd);
  return {
    write(bytes, callback) {
      const sent = socket.writableLength > 0 ? 0 : writeAtOnce(descriptor, bytes);
      if (sent < bytes.length) socket.write(bytes.subarray(sent), callback);
      else callback?.();
    },
    ref: () => socket.ref(),
    unref: () => socket.unref(),
  };
}

/**
 * Answers with how much of it the socket has taken; what is wrong with that shows when the rest is
 * written. The stream would take twice as long for what nearly always goes out as a whole.
 */
function writeAtOnce(descriptor, bytes) {
  try {
    return writeSync(descriptor, bytes);
  } catch {
    return 0;
  }
}

/** Its `net.Socket` does not read from a descriptor that it is given. */
function openBunSocket({ descriptor, onData, onEnd }) {
  let socket;
  let isUnref = false;
  const unsent = [];
  const flush = () => {
    for (let next = unsent[0]; socket && next; next = unsent[0]) {
      const sent = Math.max(0, socket.write(next.bytes));
      next.bytes = next.bytes.subarray(sent);
      if (next.bytes.length > 0) return;
      unsent.shift();
      next.callback?.();
    }
  };
  const handlers = {
    open(opened) {
      socket = opened;
      if (isUnref) socket.unref();
      flush();
    },
    data: (_, bytes) => onData(bytes),
    drain: flush,
    close: onEnd,
    error: onEnd,
  };
  globalThis.Bun.connect({ fd: descriptor, socket: handlers }).catch(onEnd);
  return {
    write(bytes, callback) {
      unsent.push({ bytes, callback });
      flush();
    },
    ref() {
      isUnref = false;
      socket?.ref();
    },
    unref() {
      isUnref = true;
      socket?.unref();
    },
  };
}
