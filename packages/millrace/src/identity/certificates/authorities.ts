/**
 * Authorities that others run and that are registered here, so that certificates which they have
 * signed can be registered in their name.
 *
 * Whoever registers one proves that the authority is theirs: a certificate signed by it whose
 * common name is the registration code of this deployment. Without that proof (`SNI_ONLY`) it can
 * be registered, too, as on AWS. An authority that is inactive vouches for nothing new; what it has
 * vouched for stays until its own status changes. Automatic registration is not implemented.
 */

import { type Clock, type Random, toBase64 } from "../../base/mod.ts";
import { registryLimits } from "../registry/limits.ts";
import { done, nothingMore, type Outcome, refused } from "../registry/outcome.ts";
import type { AuthorityRecord, Shelves } from "../registry/records.ts";
import { type Certificate, isSignedBy, parseCertificate } from "./certificate.ts";

export interface AuthoritiesOptions {
  readonly shelves: Shelves;
  readonly clock: Clock;
  readonly random: Random;
  readonly arnOf: (authorityId: string) => string;
}

export interface AuthorityWish {
  readonly pem: string;
  /** Absent: registered without proof. */
  readonly proofPem?: string | undefined;
  readonly isActive: boolean;
}

const codeName = "registration-code";
const codeBytes = 32;

export class Authorities {
  readonly #options: AuthoritiesOptions;
  /** Parsed once, by id. */
  readonly #parsed = new Map<string, Certificate>();

  constructor(options: AuthoritiesOptions) {
    this.#options = options;
  }

  get(id: string): AuthorityRecord | undefined {
    return this.#options.shelves.authorities.get(id);
  }

  all(): Iterable<AuthorityRecord> {
    return this.#options.shelves.authorities.values();
  }

  /** 64 hexadecimal digits, made when they are first asked for. */
  registrationCode(): Promise<string> {
    const { shelves, random } = this.#options;
    const { facts, ledger } = shelves;
    return ledger.inTurn(async () => {
      const known = facts.get(codeName);
      if (known !== undefined) return known;
      const code = Buffer.from(random.bytes(codeBytes)).toString("hex");
      await ledger.write(facts.put(codeName, code));
      return code;
    });
  }

  /** The next one that is asked for is another. */
  forgetRegistrationCode(): Promise<Outcome<undefined>> {
    const { facts, ledger } = this.#options.shelves;
    return ledger.inTurn(async () => {
      if (!facts.has(codeName)) return refused("missing", "There is no registration code");
      await ledger.write(facts.remove(codeName));
      return nothingMore;
    });
  }

  register({ pem, proofPem, isActive }: AuthorityWish): Promise<Outcome<string>> {
    const { shelves, clock, arnOf } = this.#options;
    const { authorities, ledger } = shelves;
    return ledger.inTurn(async () => {
      const authority = parseCertificate(pem);
      if (typeof authority === "string") {
        return refused("unproved", `The CA certificate cannot be taken: ${authority}`);
      }
      const { id } = authority;
      if (authorities.has(id)) {
        const there = { id, arn: arnOf(id) };
        return refused("exists", "The CA certificate is already registered", there);
      }
      const problem = this.#problemOf(authority, proofPem);
      if (problem) return problem;
      const nowMs = clock.now();
      const mode = proofPem === undefined ? "SNI_ONLY" : "DEFAULT";
      const times = { createdAtMs: nowMs, changedAtMs: nowMs };
      const record = { id, pem: authority.pem, isActive, mode, version: 1, ...times } as const;
      await ledger.write(authorities.put(id, record));
      return done(id);
    });
  }

  setActive(id: string, isActive: boolean): Promise<Outcome<undefined>> {
    const { shelves, clock } = this.#options;
    const { authorities, ledger } = shelves;
    return ledger.inTurn(async () => {
      const former = authorities.get(id);
      if (!former) return missingAuthority(id);
      if (former.isActive === isActive) return nothingMore;
      const { version } = former;
      const changed = { ...former, isActive, changedAtMs: clock.now(), version: version + 1 };
      await ledger.write(authorities.put(id, changed));
      return nothingMore;
    });
  }

  /** An active one stays. */
  delete(id: string): Promise<Outcome<undefined>> {
    const { authorities, ledger } = this.#options.shelves;
    return ledger.inTurn(async () => {
      const former = authorities.get(id);
      if (!former) return missingAuthority(id);
      if (former.isActive) {
        return refused("wrongState", "The CA certificate must be deactivated first");
      }
      await ledger.write(authorities.remove(id));
      this.#parsed.delete(id);
      return nothingMore;
    });
  }

  /** The id of the registered authority that has signed it; of the given one, if one is given. */
  signerOf(certificate: Certificate, authorityPem: string | undefined): Outcome<string> {
    const given = authorityPem === undefined ? undefined : parseCertificate(authorityPem);
    if (typeof given === "string") {
      return refused("unproved", `The CA certificate cannot be taken: ${given}`);
    }
    const candidates = given
      ? [given].filter(({ id }) => this.#options.shelves.authorities.has(id))
      : this.#all();
    const signers = candidates.filter((authority) => isSignedBy(certificate, authority));
    const [signer, other] = signers;
    if (!signer) {
      const which = given ? "the CA certificate that is given" : "a CA certificate";
      const message = `The certificate is not signed by ${which} that is registered here`;
      return given && candidates.length === 0
        ? refused("missing", `There is no CA certificate "${given.id}"`)
        : refused("unproved", message);
    }
    if (other) {
      return refused("ambiguous", "Several CA certificates have signed it: say which one is meant");
    }
    if (this.get(signer.id)?.isActive) return done(signer.id);
    return refused("unproved", `The CA certificate "${signer.id}" is not active`);
  }

  #problemOf(authority: Certificate, proofPem: string | undefined) {
    if (!authority.x509.ca) {
      return refused("unproved", "The CA certificate may not sign certificates (it is no CA)");
    }
    const alike = this.#all().filter(
      ({ subjectBytes }) => toBase64(subjectBytes) === toBase64(authority.subjectBytes),
    );
    const { authoritiesOfSubjectMax } = registryLimits;
    if (alike.length >= authoritiesOfSubjectMax) {
      const message = `There are ${alike.length} CA certificates with this subject already`;
      return refused("tooMany", message);
    }
    return proofPem === undefined ? undefined : this.#problemOfProof(authority, proofPem);
  }

  #problemOfProof(authority: Certificate, proofPem: string) {
    const proof = parseCertificate(proofPem);
    if (typeof proof === "string") {
      return refused("unproved", `The verification certificate cannot be taken: ${proof}`);
    }
    if (!isSignedBy(proof, authority)) {
      return refused("unproved", "The verification certificate is not signed by the CA's key");
    }
    const code = this.#options.shelves.facts.get(codeName);
    if (code !== undefined && proof.subject.get("CommonName")?.includes(code)) return undefined;
    const message = "The common name of the verification certificate is not the registration code";
    return refused("wrongCode", message);
  }

  #all(): Certificate[] {
    const found: Certificate[] = [];
    for (const { id, pem } of this.all()) {
      const certificate = this.#parsed.get(id) ?? parseCertificate(pem);
      if (typeof certificate === "string") continue; // it was one when it was stored
      this.#parsed.set(id, certificate);
      found.push(certificate);
    }
    return found;
  }
}

export function missingAuthority(id: string) {
  return refused("missing", `There is no CA certificate "${id}"`);
}
