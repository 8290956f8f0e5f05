/** The socket behind a descriptor, on Node and on Bun: the same few words for both. */

import { Socket } from "node:net";

/**
 * `write` takes bytes and calls back when they have left this process; `ref` and `unref` say
 * whether the socket keeps it alive. `onEnd` comes once, also when the socket breaks.
 */
export function openSocket(options) {
  return process.versions.bun ? openBunSocket(options) : openNodeSocket(options);
}

function openNodeSocket({ descriptor, onData, onEnd }) {
  const socket = new Socket({ fd: descriptor, readable: true, writable: true });
  socket.on("data", onData);
  socket.on("close", onEnd);
  socket.on("error", onEnd);
  return socket;
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
