/**
 * The registry of devices: certificates, authorities, policies, things, and what hangs on what.
 *
 * Everything is durable before it counts and counts at once, for connections that are open, too.
 */

import type { Clock, Logger, Random } from "../../base/mod.ts";
import type { ContextKeys } from "../../policy/mod.ts";
import type { Records } from "../../storage/mod.ts";
import { Authorities } from "../certificates/authorities.ts";
import { parseCertificate } from "../certificates/certificate.ts";
import { Certificates } from "../certificates/certificates.ts";
import { DeviceAuthority } from "../certificates/device-authority.ts";
import { certificateKeys } from "../certificates/policy-keys.ts";
import type { AccountFacts } from "../definitions.ts";
import { GrantBook } from "../policies/grants.ts";
import { Policies } from "../policies/policies.ts";
import { Shelves } from "../registry/records.ts";
import { ThingGroups } from "../things/thing-groups.ts";
import { ThingTypes } from "../things/thing-types.ts";
import { Things } from "../things/things.ts";
import { type DeviceDefinitions, noDevices } from "./definitions.ts";
import { applyTemplate, type TemplateProblem } from "./template.ts";

export interface DevicesOptions {
  readonly account: AccountFacts;
  readonly records: Records;
  /** Of the file with the deployment's own authority; absent: it ends with the process. */
  readonly authorityPath: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Told when an active certificate is so no more, by its id. */
  readonly onDeactivated: (certificateId: string) => void;
}

const identityForm = /^[\w-]+:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class Devices {
  readonly certificates: Certificates;
  readonly authorities: Authorities;
  readonly policies: Policies;
  readonly things: Things;
  readonly thingTypes: ThingTypes;
  readonly thingGroups: ThingGroups;
  readonly grants: GrantBook;
  readonly shelves: Shelves;
  readonly #prefix: string;
  readonly #logger: Logger;
  #isStarted = false;

  constructor(options: DevicesOptions) {
    const { account, authorityPath: path, clock, random, logger } = options;
    this.#prefix = `arn:${account.partition}:iot:${account.region}:${account.accountId}:`;
    this.#logger = logger;
    const shelves = new Shelves(options.records);
    const shared = { shelves, clock, random };
    const arnOf = (kind: string) => (name: string) => this.arnOf(kind, name);
    const principalProblem = (principal: string) => this.#problemOfPrincipal(principal);
    this.shelves = shelves;
    this.authorities = new Authorities({ ...shared, arnOf: arnOf("cacert") });
    this.certificates = new Certificates({
      ...shared,
      authority: new DeviceAuthority({ path, clock, random }),
      authorities: this.authorities,
      arnOf: arnOf("cert"),
      onDeactivated: options.onDeactivated,
    });
    const targetProblem = (target: string) => this.#problemOfTarget(target);
    this.policies = new Policies({ ...shared, arnOf: arnOf("policy"), targetProblem });
    this.things = new Things({ ...shared, arnOf: arnOf("thing"), principalProblem });
    this.thingTypes = new ThingTypes({ ...shared, arnOf: arnOf("thingtype") });
    this.thingGroups = new ThingGroups({ ...shared, arnOf: arnOf("thinggroup") });
    this.grants = new GrantBook(this.policies, logger);
  }

  /** False until what was stored is back. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Brings back what is stored, and in line with the template; answers with what is wrong. */
  async start(definitions: DeviceDefinitions = noDevices): Promise<TemplateProblem[]> {
    await this.shelves.load();
    const problems = await applyTemplate(this, definitions, this.#logger);
    this.#isStarted = true;
    return problems;
  }

  /** Of `cert`, `cacert`, `policy`, `thing`, `thingtype` or `thinggroup`. */
  arnOf(kind: string, name: string): string {
    return `${this.#prefix}${kind}/${name}`;
  }

  /** The certificate's id in an ARN of this account. */
  certificateIdIn(arn: string): string | undefined {
    const prefix = this.arnOf("cert", "");
    return arn.startsWith(prefix) ? arn.slice(prefix.length) : undefined;
  }

  /**
   * The policies that count for a principal that is called as a thing: its own, and those of the
   * groups of the thing, if it is attached to it. In the order of their names.
   */
  policyNamesOf(principal: string, thingName: string): string[] {
    const isAttached = this.things.attachment(thingName, principal) !== undefined;
    const groups = isAttached ? this.thingGroups.targetsOf(thingName) : [];
    if (groups.length === 0) return this.policies.namesOf(principal);
    const names = [principal, ...groups].flatMap((target) => this.policies.namesOf(target));
    return [...new Set(names)].sort();
  }

  /** What policies would see of the principal on a connection; no client id: of none. */
  async keysOf(principal: string | undefined, clientId: string | undefined): Promise<ContextKeys> {
    const id = principal === undefined ? undefined : this.certificateIdIn(principal);
    const pem = id === undefined ? undefined : await this.certificates.textOf(id);
    const certificate = pem === undefined ? "none" : parseCertificate(pem);
    return {
      ...(typeof certificate !== "string" && certificateKeys(certificate)),
      ...(clientId !== undefined && { "iot:ClientId": clientId }),
      ...(principal !== undefined && this.things.keysOf(principal, clientId ?? "")),
    };
  }

  #problemOfTarget(target: string): string | undefined {
    const prefix = this.arnOf("thinggroup", "");
    if (!target.startsWith(prefix)) return this.#problemOfPrincipal(target);
    const name = target.slice(prefix.length);
    return this.thingGroups.get(name) ? undefined : `There is no thing group "${name}"`;
  }

  /** Why it is nobody here: neither a certificate that is registered nor an identity of a pool. */
  #problemOfPrincipal(principal: string): string | undefined {
    const id = this.certificateIdIn(principal);
    if (id !== undefined) {
      return this.certificates.get(id) ? undefined : `There is no certificate "${id}"`;
    }
    if (identityForm.test(principal)) return undefined;
    return `"${principal}" is neither the ARN of a certificate here nor an identity of a pool`;
  }
}
