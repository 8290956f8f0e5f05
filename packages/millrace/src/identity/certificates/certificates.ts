/**
 * The certificates of devices: made here or elsewhere, registered, active or not.
 *
 * Only who shows a registered certificate that is ACTIVE is let in as its owner. A certificate's
 * text is kept in the store alone: to let one in, its id is enough.
 */

import { type Clock, textOf, utf8 } from "../../base/mod.ts";
import { registryLimits } from "../registry/limits.ts";
import { done, nothingMore, type Outcome, refused } from "../registry/outcome.ts";
import type { CertificateRecord, CertificateStatus, Shelves } from "../registry/records.ts";
import type { Authorities } from "./authorities.ts";
import { type Certificate, parseCertificate } from "./certificate.ts";
import { type DeviceAuthority, type KeyPair, madeForDevice } from "./device-authority.ts";
import { parseSigningRequest } from "./signing-request.ts";

export interface CertificatesOptions {
  readonly shelves: Shelves;
  readonly authority: DeviceAuthority;
  readonly authorities: Authorities;
  readonly clock: Clock;
  /** What policies and things know a certificate by. */
  readonly arnOf: (certificateId: string) => string;
  /** Told when an active certificate is so no more. */
  readonly onDeactivated: (certificateId: string) => void;
}

/** States that a request may ask for. */
export const settableStatuses = ["ACTIVE", "INACTIVE", "REVOKED"] as const;

export interface Registered {
  readonly id: string;
  readonly pem: string;
}

export interface RegisterWish {
  readonly status: CertificateStatus;
  /** Absent: the authority is looked for among those that are registered. */
  readonly authorityPem?: string | undefined;
  readonly withoutAuthority?: boolean;
}

const textSpace = "certificate-texts";

export class Certificates {
  readonly #options: CertificatesOptions;

  constructor(options: CertificatesOptions) {
    this.#options = options;
  }

  get(id: string): CertificateRecord | undefined {
    return this.#options.shelves.certificates.get(id);
  }

  all(): Iterable<CertificateRecord> {
    return this.#options.shelves.certificates.values();
  }

  /** In PEM form. */
  async textOf(id: string): Promise<string | undefined> {
    const { records } = this.#options.shelves.ledger;
    const bytes = await records.get({ space: textSpace, key: utf8(id) });
    return bytes && textOf(bytes);
  }

  /** A new key pair with its certificate; the private key is kept nowhere. */
  async make(status: CertificateStatus): Promise<Outcome<Registered & { readonly keys: KeyPair }>> {
    const { authority } = this.#options;
    const keys = await authority.makeKeyPair();
    const { publicKeyBytes } = keys;
    const certificate = authority.issue({ subjectBytes: madeForDevice, publicKeyBytes });
    const outcome = await this.#add(certificate, { status });
    return outcome.ok ? done({ ...outcome.value, keys }) : outcome;
  }

  async sign(requestPem: string, status: CertificateStatus): Promise<Outcome<Registered>> {
    const request = parseSigningRequest(requestPem);
    if (typeof request === "string") {
      return refused("invalid", `The certificate signing request cannot be taken: ${request}`);
    }
    return this.#add(this.#options.authority.issue(request), { status });
  }

  async register(pem: string, wish: RegisterWish): Promise<Outcome<Registered>> {
    const certificate = parseCertificate(pem);
    if (typeof certificate === "string") {
      return refused("unproved", `The certificate cannot be taken: ${certificate}`);
    }
    if (wish.withoutAuthority) return this.#add(certificate, wish);
    const found = this.#options.authorities.signerOf(certificate, wish.authorityPem);
    if (!found.ok) return found;
    return this.#add(certificate, { ...wish, authorityId: found.value });
  }

  setStatus(id: string, status: CertificateStatus): Promise<Outcome<undefined>> {
    const { shelves, clock, onDeactivated } = this.#options;
    return shelves.ledger.inTurn(async () => {
      const former = this.get(id);
      if (!former) return missingCertificate(id);
      if (former.status === status) return nothingMore;
      const changed = { ...former, status, changedAtMs: clock.now(), version: former.version + 1 };
      await shelves.ledger.write(shelves.certificates.put(id, changed));
      if (former.status === "ACTIVE") onDeactivated(id);
      return nothingMore;
    });
  }

  /** With `force`, policies are taken off it. */
  delete(id: string, { force }: { readonly force: boolean }): Promise<Outcome<undefined>> {
    const { shelves, arnOf } = this.#options;
    const { certificates, attachments, thingPrincipals, ledger } = shelves;
    return ledger.inTurn(async () => {
      const former = certificates.get(id);
      if (!former) return missingCertificate(id);
      if (former.status === "ACTIVE") {
        return refused(
          "wrongState",
          `The certificate must be deactivated first, certificate ${id}`,
        );
      }
      const arn = arnOf(id);
      const [thing] = thingPrincipals.leftsOf(arn);
      if (thing !== undefined) {
        return refused("attached", `The certificate is attached to the thing "${thing}"`);
      }
      const policies = attachments.leftsOf(arn);
      if (policies.length > 0 && !force) {
        return refused("attached", `The policy "${policies[0]}" is attached to the certificate`);
      }
      const text = { change: { space: textSpace, key: utf8(id), value: undefined }, apply() {} };
      const parted = policies.map((policy) => attachments.part(policy, arn));
      await ledger.write(certificates.remove(id), text, ...parted);
      return nothingMore;
    });
  }

  #add(
    certificate: Certificate,
    { status, authorityId, withoutAuthority = false }: RegisterWish & { authorityId?: string },
  ): Promise<Outcome<Registered>> {
    const { shelves, clock, arnOf } = this.#options;
    const { certificates, ledger } = shelves;
    const { id, pem, notBeforeMs, notAfterMs } = certificate;
    return ledger.inTurn(async () => {
      if (certificates.has(id)) {
        const there = { id, arn: arnOf(id) };
        return refused("exists", "The certificate is already registered", there);
      }
      const { certificatesMax } = registryLimits;
      if (certificates.size >= certificatesMax) {
        return refused("tooMany", `There are ${certificatesMax} certificates, and no more fit`);
      }
      const nowMs = clock.now();
      const times = { createdAtMs: nowMs, changedAtMs: nowMs, notBeforeMs, notAfterMs };
      const record = { id, status, version: 1, authorityId, withoutAuthority, ...times };
      const text = { change: { space: textSpace, key: utf8(id), value: utf8(pem) }, apply() {} };
      await ledger.write(certificates.put(id, record), text);
      return done({ id, pem });
    });
  }
}

export function missingCertificate(id: string) {
  return refused("missing", `There is no certificate "${id}"`);
}
