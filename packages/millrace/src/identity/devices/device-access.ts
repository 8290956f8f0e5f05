/**
 * Devices that show a certificate: who is let in, and what they may do from moment to moment.
 *
 * A certificate is believed when its id is registered, its status is ACTIVE and the time is within
 * its own bounds. What its policies and its thing say is looked at again after every change of the
 * registry, so a connection that is open feels it with its next packet.
 */

import type { Clock, Logger } from "../../base/mod.ts";
import type { ContextKeys } from "../../policy/mod.ts";
import type { Caller } from "../caller.ts";
import { parseCertificate } from "../certificates/certificate.ts";
import { certificateKeys } from "../certificates/policy-keys.ts";
import type { AccountFacts } from "../definitions.ts";
import { identityLimits } from "../limits.ts";
import type { Admitted, ConnectFacts, MqttAccess } from "../mqtt-access.ts";
import { PerSecond } from "../per-second.ts";
import type { Grants } from "../policies/grants.ts";
import { RenewedAccess } from "../renewed-access.ts";
import type { Devices } from "./devices.ts";

/** As a TLS handshake shows it; its owner has proved to hold the key. */
export interface ShownCertificate {
  readonly pem: string;
  /** SHA-256, in lower-case hexadecimal digits. */
  readonly fingerprint: string;
}

export interface DeviceAccessOptions {
  readonly account: AccountFacts;
  readonly devices: Devices;
  readonly access: MqttAccess;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class DeviceAccess {
  readonly #options: DeviceAccessOptions;
  readonly #logged: PerSecond;

  constructor(options: DeviceAccessOptions) {
    this.#options = options;
    this.#logged = new PerSecond(options.clock, identityLimits.denialsPerSecondMax);
  }

  knows({ fingerprint }: ShownCertificate): boolean {
    return this.#options.devices.certificates.get(fingerprint) !== undefined;
  }

  /** Whether the device may connect as it wants to, and what it may do then. */
  admit(shown: ShownCertificate, sourceIp: string, facts: ConnectFacts): Admitted {
    const { fingerprint: principal } = shown;
    const reason = this.#whyNot(principal);
    if (reason !== undefined) {
      this.#log("certificate refused", { certificateId: principal, ip: sourceIp, reason });
      return { allowed: false, principal };
    }
    const certificate = parseCertificate(shown.pem);
    if (typeof certificate === "string") {
      this.#log("certificate refused", { certificateId: principal, reason: certificate });
      return { allowed: false, principal };
    }
    const { devices, access } = this.#options;
    const { clientId } = facts;
    const keys = { "aws:SourceIp": sourceIp, ...certificateKeys(certificate) };
    const rights = () => this.#rightsOf(principal, clientId);
    const first = rights();
    const thing = devices.things.behindConnection(devices.arnOf("cert", principal), clientId);
    const admitted = { ...access.admit(this.#callerOf(principal, first, keys), facts), thing };
    if (!admitted.allowed) return admitted;
    const renewed = new RenewedAccess({
      version: () => devices.shelves.ledger.version,
      rights,
      isSame,
      make: (now) => access.accessOf(this.#callerOf(principal, now, keys), clientId),
      first: { rights: first, access: admitted.access },
    });
    return { ...admitted, access: renewed };
  }

  #whyNot(id: string): string | undefined {
    const record = this.#options.devices.certificates.get(id);
    if (!record) return "it is not registered here";
    if (record.status !== "ACTIVE") return `its status is ${record.status}`;
    const nowMs = this.#options.clock.now();
    if (nowMs > record.notAfterMs) {
      return `it was good until ${new Date(record.notAfterMs).toISOString()}`;
    }
    if (nowMs < record.notBeforeMs) {
      return `it is good from ${new Date(record.notBeforeMs).toISOString()} on`;
    }
    return undefined;
  }

  #rightsOf(id: string, clientId: string): Rights {
    const { devices } = this.#options;
    const arn = devices.arnOf("cert", id);
    const grants = devices.grants.ofNames(devices.policyNamesOf(arn, clientId));
    return { grants, thing: devices.things.keysOf(arn, clientId) };
  }

  #callerOf(id: string, { grants, thing }: Rights, keys: ContextKeys): Caller {
    const { devices, account } = this.#options;
    const arn = devices.arnOf("cert", id);
    return {
      accessKeyId: "",
      arn,
      isTemporary: false,
      userId: id,
      name: id,
      principal: { kind: "user", account: account.accountId, arn },
      ...grants,
      keys: { "aws:SecureTransport": "true", ...keys, ...thing },
    };
  }

  #log(what: string, fields: Readonly<Record<string, string>>): void {
    if (this.#logged.take()) this.#options.logger.warn(what, fields);
  }
}

/** What the registry gives a device: its policies' rights, and what they see of its thing. */
interface Rights {
  readonly grants: Grants;
  readonly thing: ContextKeys;
}

function isSame(left: Rights, right: Rights): boolean {
  return left.grants === right.grants && JSON.stringify(left.thing) === JSON.stringify(right.thing);
}
