/**
 * The local certificate authority. Its key is made once and stays; its certificate follows from the key. So two
 * processes that start at once, or one that died half-way, leave files that fit together, and without any lock.
 */
import { createPrivateKey, randomUUID, X509Certificate } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, EpochMillis } from "../clock.ts";
import { ConfigError } from "../errors.ts";

/** A leaf lives 397 days and must not outlive its issuer. */
const renewBeforeEndMs = 400 * 24 * 60 * 60 * 1_000;

/** A certificate authority that only this machine trusts. */
export interface LocalCa {
  /** What clients have to trust. */
  readonly certificatePem: string;
  /** Absolute when the directory is: for `AWS_CA_BUNDLE`, `SSL_CERT_FILE` and `NODE_EXTRA_CA_CERTS`. */
  readonly certificatePath: string;
  /** A TLS server certificate for these DNS names or IP addresses with its own key, both PEM. */
  issue(host: string, ...more: string[]): Promise<ServerCredentials>;
}

export interface ServerCredentials {
  readonly cert: string;
  readonly key: string;
}

/**
 * Reads the CA of `directory` (`ca.pem`, `ca-key.pem`), or makes one: ECDSA P-256, ten years; its certificate is
 * made again near its end.
 * @throws ConfigError when the directory cannot be used or the key file holds no key
 */
export async function openLocalCa(directory: string, clock: Clock): Promise<LocalCa> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const caKeyPem = await openKey(join(directory, "ca-key.pem"));
    const certificatePath = join(directory, "ca.pem");
    const certificatePem = await openCertificate(certificatePath, caKeyPem, clock.now());
    return {
      certificatePem,
      certificatePath,
      issue: (...names) => issue({ names, caKeyPem, caCertificatePem: certificatePem, now: clock.now() }),
    };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`cannot keep the local CA in ${directory}: ${String(error)}`, { cause: error });
  }
}

async function issue(options: {
  readonly names: readonly string[];
  readonly caKeyPem: string;
  readonly caCertificatePem: string;
  readonly now: EpochMillis;
}): Promise<ServerCredentials> {
  const { certifyServer, createKey } = await loadCertificates();
  const keyPem = await createKey();
  return { key: keyPem, cert: await certifyServer({ ...options, keyPem }) };
}

async function openKey(path: string): Promise<string> {
  const present = await readIfPresent(path);
  if (present === undefined) {
    const { createKey } = await loadCertificates();
    await createFile({ path, text: await createKey(), mode: 0o600 });
  }
  const pem = present ?? (await readFile(path, "utf8"));
  if (!isP256Key(pem)) {
    throw new ConfigError(
      `${path}: expected an ECDSA P-256 private key in PEM; delete the file for a new CA`,
    );
  }
  return pem;
}

async function openCertificate(path: string, keyPem: string, now: EpochMillis): Promise<string> {
  const present = await readIfPresent(path);
  if (present !== undefined && isGood(present, keyPem, now)) return present;
  const { certifyCa } = await loadCertificates();
  const text = await certifyCa(keyPem, now);
  if (present === undefined) await createFile({ path, text, mode: 0o644 });
  else await replaceFile({ path, text, mode: 0o644 });
  return await readFile(path, "utf8");
}

function isP256Key(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyDetails?.namedCurve === "prime256v1";
  } catch {
    return false;
  }
}

function isGood(certificatePem: string, keyPem: string, now: EpochMillis): boolean {
  try {
    const certificate = new X509Certificate(certificatePem);
    return (
      certificate.checkPrivateKey(createPrivateKey(keyPem)) &&
      certificate.validFromDate.getTime() <= now &&
      certificate.validToDate.getTime() - now > renewBeforeEndMs
    );
  } catch {
    return false;
  }
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

interface NewFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

/** Appears whole or not at all; where another process was first, its file stays. */
async function createFile(file: NewFile): Promise<void> {
  const draft = await writeDraft(file);
  try {
    await link(draft, file.path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    await rm(draft);
  }
}

async function replaceFile(file: NewFile): Promise<void> {
  await rename(await writeDraft(file), file.path);
}

async function writeDraft({ path, text, mode }: NewFile): Promise<string> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { mode, flag: "wx" });
  return draft;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Loaded only when a certificate is to be made: it takes about as long as all the rest of the start. */
function loadCertificates() {
  return import("./certificates.ts");
}
