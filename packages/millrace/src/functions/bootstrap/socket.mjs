/** The socket behind a descriptor, on Node and on Bun: the same few words for both. */

import { readSync, writeSync } from "node:fs";
import { Socket } from "node:net";

const readBytesMax = 65_536;

/**
 * `onData` gets bytes that are good until it returns, and how many of them have come. `write` takes
 * bytes and calls back when they have left this process; so does `writeKept`, with the first so
 * many of bytes that the caller writes over afterwards. `ref` and `unref` say whether the socket
 * keeps the process alive. `onEnd` comes once, also when the socket breaks.
 *
 * On Node alone: between `block(true)` and `block(false)`, while the loop stands still,
 * `readBlocking` waits for bytes; it comes back without any where the loop is needed.
 */
export function openSocket(options) {
  return process.versions.bun ? openBunSocket(options) : openNodeSocket(options);
}

/** Into one piece of memory for all reads: a stream of pieces costs a fifth of a call. */
function openNodeSocket({ descriptor, onData, onEnd }) {
  const onread = {
    buffer: Buffer.allocUnsafeSlow(readBytesMax),
    callback(length, buffer) {
      onData(buffer, length);
      return true; // go on reading
    },
  };
  const socket = new Socket({ fd: descriptor, readable: true, writable: true, onread });
  socket.on("close", onEnd);
  socket.on("error", onEnd);
  /**
   * Answers with how much of it the socket has taken; what is wrong with that shows when the rest
   * is written. The stream would take twice as long for what nearly always goes out as a whole.
   */
  function writeAtOnce(bytes, length) {
    if (socket.writableLength > 0) return 0;
    try {
      return writeSync(descriptor, bytes, 0, length);
    } catch {
      return 0;
    }
  }
  return {
    write(bytes, callback) {
      const sent = writeAtOnce(bytes, bytes.length);
      if (sent < bytes.length) socket.write(bytes.subarray(sent), callback);
      else callback?.();
    },
    writeKept(bytes, length, callback) {
      const sent = writeAtOnce(bytes, length);
      if (sent < length) socket.write(Buffer.from(bytes.subarray(sent, length)), callback);
      else callback();
    },
    ref: () => socket.ref(),
    unref: () => socket.unref(),
    // Node has no public way to say so.
    block: (isBlocking) => socket._handle?.setBlocking?.(isBlocking),
    readBlocking() {
      if (socket.writableLength > 0) return; // the loop writes that first
      let length = 0;
      try {
        length = readSync(descriptor, onread.buffer, 0, readBytesMax, null);
      } catch {
        return; // the loop hears what is wrong, and of the end too
      }
      if (length > 0) onData(onread.buffer, length);
    },
  };
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
    data: (_, bytes) => onData(bytes, bytes.length),
    drain: flush,
    close: onEnd,
    error: onEnd,
  };
  globalThis.Bun.connect({ fd: descriptor, socket: handlers }).catch(onEnd);
  const write = (bytes, callback) => {
    unsent.push({ bytes, callback });
    flush();
  };
  return {
    write,
    writeKept: (bytes, length, callback) => write(Buffer.from(bytes.subarray(0, length)), callback),
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
