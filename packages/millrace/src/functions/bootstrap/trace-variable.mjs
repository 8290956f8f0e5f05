/**
 * The variable that changes with each call, `_X_AMZN_TRACE_ID`, kept from the system's library.
 * That holds every value that a variable ever had: some 140 bytes for each call, never given back.
 *
 * So `process.env` becomes an object that answers for this one name itself and leaves all others
 * to what was there before. Read, listed, copied, printed, or handed to children and workers it is
 * what it was. It cannot be cloned as it is (`structuredClone`); a copy of it can.
 *
 * Bun has variables of its own, so there they are set.
 */

import { syncBuiltinESMExports } from "node:module";
import { inspect } from "node:util";
import workers from "node:worker_threads";

const name = "_X_AMZN_TRACE_ID";

/** From now on `process.env` is such an object. Answers with what sets the variable. */
export function openTraceVariable() {
  const native = process.env;
  const setNative = (traceId) => {
    native[name] = traceId;
  };
  if (process.versions.bun) return setNative;
  const kept = { traceId: undefined };
  const isShared = handToWorkers(native, kept);
  process.env = standIn(native, kept, (key) => key === name && !isShared());
  syncBuiltinESMExports();
  return (traceId) => {
    if (isShared()) setNative(traceId);
    else kept.traceId = traceId;
  };
}

function standIn(native, kept, isKept) {
  // Whatever prints an object looks at what is behind it.
  const behind = Object.create(Object.getPrototypeOf(native), {
    [inspect.custom]: {
      value: (_, options) => inspect({ ...process.env }, options),
      configurable: true, // or it would have to be listed
    },
  });
  const isThere = () => isKept(name) && kept.traceId !== undefined;
  return new Proxy(behind, {
    get: (_, key) => (isKept(key) ? kept.traceId : native[key]),
    has: (_, key) => (isKept(key) ? isThere() : key in native),
    ownKeys() {
      const keys = new Set(Reflect.ownKeys(native)); // a worker that is made may need it there too
      if (isThere()) keys.add(name);
      return [...keys];
    },
    getOwnPropertyDescriptor(_, key) {
      if (!isKept(key)) return Reflect.getOwnPropertyDescriptor(native, key);
      if (!isThere()) return undefined;
      return { value: kept.traceId, writable: true, enumerable: true, configurable: true };
    },
    set(_, key, value) {
      if (isKept(key)) kept.traceId = `${value}`;
      else native[key] = value;
      return true;
    },
    deleteProperty(_, key) {
      if (isKept(key)) kept.traceId = undefined;
      else delete native[key];
      return true;
    },
    defineProperty(_, key, descriptor) {
      Object.defineProperty(native, key, descriptor); // throws what the handler is to see
      if (isKept(key)) {
        kept.traceId = native[name];
        delete native[name];
      }
      return true;
    },
    preventExtensions: () => Reflect.preventExtensions(native), // throws the same
  });
}

/**
 * A worker has a copy of the native variables, or shares them with this thread: then what is kept
 * has to be among them, from then on. Answers with what says whether some do.
 */
function handToWorkers(native, kept) {
  let isShared = false;
  workers.Worker = new Proxy(workers.Worker, {
    construct(target, given, derived) {
      isShared ||= given[1]?.env === workers.SHARE_ENV;
      if (kept.traceId !== undefined) native[name] = kept.traceId;
      try {
        return Reflect.construct(target, given, derived);
      } finally {
        if (isShared) kept.traceId = undefined;
        else delete native[name];
      }
    },
  });
  return () => isShared;
}
