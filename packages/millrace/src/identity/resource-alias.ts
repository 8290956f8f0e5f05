/**
 * Resources with two names. Of a named shadow AWS says in one place that the resource is the shadow
 * below the thing, in others that it is the thing: a policy may mean it either way.
 * [IoT: action resources, Device Shadow REST API]
 */

export interface Wanted {
  /** e.g. `iot:GetThingShadow`. */
  readonly action: string;
  /** An ARN. */
  readonly resource: string;
}

/** The other name: what is allowed under either is allowed, and what is denied is denied. */
export function aliasOf({ action, resource }: Wanted): string | undefined {
  if (!/^iot:(Get|Update|Delete)ThingShadow$/i.test(action)) return undefined;
  return /^(arn:[^:]*:iot:[^:]*:[^:]*:thing\/[^/]+)\/[^/]+$/.exec(resource)?.[1];
}
