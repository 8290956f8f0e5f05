import { afterAll, describe, expect, test } from "bun:test";
import { statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ManualClock, systemRandom } from "../../base/mod.ts";
import { type Certificate, isSignedBy, parseCertificate } from "./certificate.ts";
import { DeviceAuthority, madeForDevice } from "./device-authority.ts";
import { OpenSsl } from "./openssl-fixture.ts";
import { writePem } from "./pem.ts";
import { certificateKeys } from "./policy-keys.ts";
import { parseSigningRequest, type SigningRequest } from "./signing-request.ts";

const openssl = new OpenSsl();
afterAll(() => openssl.remove());

function certificateOf(pem: string): Certificate {
  const certificate = parseCertificate(pem);
  if (typeof certificate === "string") throw new Error(certificate);
  return certificate;
}

function requestOf(pem: string): SigningRequest {
  const request = parseSigningRequest(pem);
  if (typeof request === "string") throw new Error(request);
  return request;
}

const subject =
  "/C=DE/ST=Berlin/O=First/O=Second/OU=Lamps/CN=lamp/SN=Multi/title=RGB/GN=Bulb/initials=B" +
  "/pseudonym=Shine/generationQualifier=3/dnQualifier=Bulb1/serialNumber=9";
const names = "DNS:lamp.example,IP:10.1.2.3,IP:2001:db8::1,email:a@b.example,URI:urn:x:1";
const rich = openssl.selfSigned(
  subject,
  ...["-addext", `subjectAltName=${names},dirName:dn`],
  ...["-addext", "issuerAltName=DNS:issuer.example"],
  ...["-config", configuration()],
);

/** For a name inside an alternative name; openssl takes it from a file alone. */
function configuration(): string {
  const path = join(openssl.folder, "openssl.cnf");
  writeFileSync(path, "[req]\ndistinguished_name=dn\n[dn]\nCN=inner\nO=Corp\n");
  return path;
}

describe("a certificate", () => {
  test("is known by the SHA-256 of its bytes", () => {
    const told = openssl.ask("x509", "-in", rich.path, "-noout", "-fingerprint", "-sha256");
    const digits = told.split("=")[1]!.trim().replaceAll(":", "").toLowerCase();
    expect(certificateOf(rich.pem).id).toBe(digits);
  });

  test("says to policies what its names, its serial number and its alternatives are", () => {
    const certificate = certificateOf(rich.pem);
    const serial = openssl.ask("x509", "-in", rich.path, "-noout", "-serial").split("=")[1]!.trim();
    const keys = certificateKeys(certificate);
    expect(keys).toMatchObject({
      "iot:CertificateId": certificate.id,
      "iot:Certificate.Subject.Country": "DE",
      "iot:Certificate.Subject.State": "Berlin",
      "iot:Certificate.Subject.Organization": "First",
      "iot:Certificate.Subject.Organization.1": "Second",
      "iot:Certificate.Subject.Organization.List": ["First", "Second"],
      "iot:Certificate.Subject.OrganizationalUnit": "Lamps",
      "iot:Certificate.Subject.CommonName": "lamp",
      "iot:Certificate.Subject.Surname": "Multi",
      "iot:Certificate.Subject.Title": "RGB",
      "iot:Certificate.Subject.GivenName": "Bulb",
      "iot:Certificate.Subject.Initials": "B",
      "iot:Certificate.Subject.Pseudonym": "Shine",
      "iot:Certificate.Subject.GenerationQualifier": "3",
      "iot:Certificate.Subject.DistinguishedNameQualifier": "Bulb1",
      "iot:Certificate.Subject.SerialNumber": "9",
      "iot:Certificate.Issuer.CommonName": "lamp",
      "iot:Certificate.Subject.AlternativeName.DNSName": "lamp.example",
      "iot:Certificate.Subject.AlternativeName.IPAddress": "10.1.2.3",
      "iot:Certificate.Subject.AlternativeName.IPAddress.1": "2001:db8:0:0:0:0:0:1",
      "iot:Certificate.Subject.AlternativeName.RFC822Name": "a@b.example",
      "iot:Certificate.Subject.AlternativeName.UniformResourceIdentifier": "urn:x:1",
      "iot:Certificate.Subject.AlternativeName.DirectoryName":
        "CommonName=inner, Organization=Corp",
      "iot:Certificate.Issuer.AlternativeName.DNSName": "issuer.example",
    });
    expect(`${keys["iot:Certificate.SerialNumber"]}`.replace(/^00/, "")).toBe(serial.toLowerCase());
    const available = keys["iot:Certificate.AvailableKeys"];
    expect(available).toContain("iot:Certificate.Subject.Organization.1");
    expect(available).not.toContain("iot:Certificate.Subject.Surname.1");
  });

  test("of whom nothing is said has no keys for it, and no more than five of a list", () => {
    const many = "/O=1/O=2/O=3/O=4/O=5/O=6/O=7";
    const keys = certificateKeys(certificateOf(openssl.selfSigned(many).pem));
    expect(keys["iot:Certificate.Subject.Organization.List"]).toEqual(["1", "2", "3", "4", "5"]);
    expect(keys["iot:Certificate.Subject.Organization.5"]).toBeUndefined();
    expect(keys["iot:Certificate.Subject.CommonName"]).toBeUndefined();
  });

  test("with a value that looks like another attribute is not mistaken", () => {
    const { pem } = openssl.selfSigned("/CN=x\nO=Administrator");
    const { subject: attributes } = certificateOf(pem);
    expect(Object.fromEntries(attributes)).toEqual({ CommonName: ["x\nO=Administrator"] });
  });

  test.each([
    ["", 'there is no "-----BEGIN CERTIFICATE-----" with its end'],
    ["x".repeat(65_537), "the text has 65537 of 65536 characters"],
    [rich.pem + rich.pem, "there are 2 blocks of PEM where one is wanted"],
    [writePem("PRIVATE KEY", new Uint8Array(9)), 'it is a "PRIVATE KEY", not a "CERTIFICATE"'],
    [rich.pem.replace("MII", "M?I"), "what stands between its lines is not base64"],
    [writePem("CERTIFICATE", new Uint8Array(9)), "it is no certificate that can be read"],
  ])("that is none is refused with a reason", (pem, reason) => {
    expect(parseCertificate(pem)).toBe(reason);
  });
});

test("only the authority that has signed a certificate is taken for it", () => {
  const authority = openssl.selfSigned("/CN=authority");
  const namesake = certificateOf(openssl.selfSigned("/CN=authority").pem);
  const device = certificateOf(openssl.signedBy(authority, "/CN=device").pem);
  expect(isSignedBy(device, certificateOf(authority.pem))).toBe(true);
  expect(isSignedBy(device, namesake)).toBe(false);
});

describe("a signing request", () => {
  test.each([
    ["ec", "prime256v1"],
    ["ec", "secp384r1"],
    ["ec", "secp521r1"],
    ["rsa", "2048"],
    ["rsa", "3072"],
  ])("with a key of %s %s is taken", (kind, size) => {
    const option = kind === "ec" ? `ec_paramgen_curve:${size}` : `rsa_keygen_bits:${size}`;
    const { pem } = openssl.request("/CN=a", ["-newkey", kind, "-pkeyopt", option]);
    expect(typeof parseSigningRequest(pem)).toBe("object");
  });

  test.each([
    [["-newkey", "rsa:1024"], "its RSA key has 1024 of at least 2048 bits"],
    [
      ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp224r1"],
      "its curve is none of P-256, P-384, P-521",
    ],
    [
      ["-newkey", "ed25519"],
      "its signature is of the kind 1.3.101.112, not RSA or ECDSA with SHA-2",
    ],
  ])("with a key of %p is refused", (key, reason) => {
    const { pem } = openssl.request("/CN=a", key);
    expect(parseSigningRequest(pem)).toBe(reason);
  });

  test("that was changed after it was signed is refused", () => {
    const { path } = openssl.request("/CN=honest");
    const command = ["openssl", "req", "-in", path, "-outform", "DER"];
    const der = Buffer.from(Bun.spawnSync(command).stdout);
    der.write("f", der.indexOf("honest"), "latin1");
    const pem = writePem("CERTIFICATE REQUEST", new Uint8Array(der));
    expect(parseSigningRequest(pem)).toBe("its signature does not fit its key");
  });
});

describe("the deployment's own authority", () => {
  const clock = new ManualClock();
  const path = join(openssl.folder, "device-authority.pem");
  const open = () => new DeviceAuthority({ path, clock, random: systemRandom });

  test("is made with the first certificate, for its owner alone, and is the same afterwards", () => {
    expect(() => statSync(path)).toThrow();
    const request = requestOf(openssl.request("/O=Corp/CN=device").pem);
    const first = open().issue(request);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const second = open().issue(request);
    expect(second.x509.issuer).toBe(first.x509.issuer);
    expect(first.serialNumber).not.toBe(second.serialNumber);
    const signer = certificateOf(openssl.ask("x509", "-in", path));
    expect([isSignedBy(first, signer), isSignedBy(second, signer)]).toEqual([true, true]);
  });

  test("makes certificates that openssl understands, of a key pair or of a request", async () => {
    const authority = open();
    const keys = await authority.makeKeyPair();
    const made = authority.issue({
      subjectBytes: madeForDevice,
      publicKeyBytes: keys.publicKeyBytes,
    });
    const file = join(openssl.folder, "made.pem");
    writeFileSync(file, made.pem);
    expect(openssl.ask("verify", "-CAfile", path, "-x509_strict", file)).toBe(`${file}: OK\n`);
    const told = openssl.ask("x509", "-in", file, "-noout", "-subject", "-enddate", "-purpose");
    expect(told).toContain("subject=CN = AWS IoT Certificate");
    expect(told).toContain("notAfter=Dec 31 23:59:59 2049 GMT");
    expect(told).toContain("SSL client : Yes");
    expect(told).toContain("SSL client CA : No");
    expect(keys.privateKeyPem).toStartWith("-----BEGIN RSA PRIVATE KEY-----");
    expect(made.x509.publicKey.export({ type: "spki", format: "pem" })).toBe(keys.publicKeyPem);
    const device = authority.issue(requestOf(openssl.request("/O=Corp/CN=device").pem));
    expect(device.x509.subject).toBe("O=Corp\nCN=device");
  });

  test("that is damaged is named, and not made anew", () => {
    truncateSync(path, 200);
    const request = requestOf(openssl.request("/CN=device").pem);
    expect(() => open().issue(request)).toThrow(`"${path}" has no key with its certificate`);
  });
});
