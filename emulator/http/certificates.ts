import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type webcrypto } from "node:crypto";
import { isIP } from "node:net";
import { promisify } from "node:util";
import "reflect-metadata/lite";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { EpochMillis } from "../clock.ts";

const curve = { name: "ECDSA", namedCurve: "P-256" };
const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" };
const dayMs = 24 * 60 * 60 * 1_000;
const caLifetimeMs = 3_652 * dayMs;
/** Clients of the Apple family take no more than 398 days. */
const leafLifetimeMs = 397 * dayMs;
/** Clients, in virtual machines above all, may be a little behind our clock. */
const backdateMs = dayMs;

/** A fresh ECDSA P-256 private key, PKCS #8 in PEM. */
export async function createKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("ec", { namedCurve: curve.namedCurve });
  return privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

/** The CA's own certificate in PEM: good for ten years, for signing leaves only. */
export async function certifyCa(keyPem: string, now: EpochMillis): Promise<string> {
  const keys = readKeyPair(keyPem);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // Two machines' CAs may meet in one trust store: their names differ.
    name: [{ CN: [`ssm-emulator local CA ${fingerprint(keyPem)}`] }],
    keys,
    signingAlgorithm,
    ...validity(now, caLifetimeMs),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return certificate.toString("pem");
}

/** A TLS server certificate in PEM for these DNS names and IP addresses, good for 397 days. */
export async function certifyServer(options: {
  readonly names: readonly string[];
  readonly keyPem: string;
  readonly caKeyPem: string;
  readonly caCertificatePem: string;
  readonly now: EpochMillis;
}): Promise<string> {
  const ca = new X509Certificate(options.caCertificatePem);
  const { publicKey } = readKeyPair(options.keyPem);
  const { privateKey: signingKey } = readKeyPair(options.caKeyPem);
  const certificate = await X509CertificateGenerator.create({
    // A common name holds 64 characters at most, a bucket's host more; clients read the alternative names.
    subject: [{ CN: ["ssm-emulator"] }],
    issuer: ca.subjectName,
    publicKey,
    signingKey,
    signingAlgorithm,
    ...validity(options.now, leafLifetimeMs),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        options.names.map((name) => ({ type: isIP(name) === 0 ? "dns" : "ip", value: name })),
      ),
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(ca),
    ],
  });
  return certificate.toString("pem");
}

function validity(now: EpochMillis, lifetimeMs: number) {
  return { notBefore: new Date(now - backdateMs), notAfter: new Date(now - backdateMs + lifetimeMs) };
}

function readKeyPair(keyPem: string): webcrypto.CryptoKeyPair {
  return {
    privateKey: createPrivateKey(keyPem).toCryptoKey(curve, true, ["sign"]),
    publicKey: createPublicKey(keyPem).toCryptoKey(curve, true, ["verify"]),
  };
}

function fingerprint(keyPem: string): string {
  const spki = createPublicKey(keyPem).export({ format: "der", type: "spki" });
  return createHash("sha256").update(spki).digest("hex").slice(0, 8);
}
