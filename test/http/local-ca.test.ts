import { X509Certificate } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../emulator/clock.ts";
import { ConfigError } from "../../emulator/errors.ts";
import { openLocalCa } from "../../emulator/http/local-ca.ts";

const dayMs = 24 * 60 * 60 * 1_000;
const yearsLater = (years: number): Clock => ({
  ...systemClock,
  now: () => Date.now() + years * 365 * dayMs,
});

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "local-ca-"));
});
afterEach(() => rm(directory, { recursive: true }));

describe("the CA certificate", () => {
  it("is a CA named after the emulator and good for ten years", async () => {
    const ca = new X509Certificate((await openLocalCa(directory, systemClock)).certificatePem);
    expect(ca.subject).toMatch(/^CN=ssm-emulator local CA [0-9a-f]{8}$/);
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(Math.round((ca.validToDate.getTime() - Date.now()) / dayMs)).toBe(3_651);
  });

  it("is kept with its key in a directory of the owner's, and nothing else is", async () => {
    const nested = join(directory, "a", "b");
    const ca = await openLocalCa(nested, systemClock);
    expect((await readdir(nested)).sort()).toEqual(["ca-key.pem", "ca.pem"]);
    expect(ca.certificatePath).toBe(join(nested, "ca.pem"));
    expect(await readFile(ca.certificatePath, "utf8")).toBe(ca.certificatePem);
    expect((await stat(join(nested, "ca-key.pem"))).mode & 0o777).toBe(0o600);
    expect((await stat(nested)).mode & 0o777).toBe(0o700);
  });

  it("is the same for all who open the directory, also at once", async () => {
    const open = () => openLocalCa(directory, systemClock);
    const all = [...(await Promise.all([open(), open(), open(), open()])), await open()];
    expect(new Set(all.map((ca) => ca.certificatePem)).size).toBe(1);
    expect(await readdir(directory)).toHaveLength(2);
  });

  it.each([
    { years: 8, renewed: false },
    { years: 9.5, renewed: true },
  ])("after $years years is made again: $renewed, for the same key", async ({ years, renewed }) => {
    const first = await openLocalCa(directory, systemClock);
    const then = await openLocalCa(directory, yearsLater(years));
    expect(then.certificatePem !== first.certificatePem).toBe(renewed);
    const publicKeys = [first, then].map((ca) => new X509Certificate(ca.certificatePem).publicKey);
    expect(publicKeys[0]?.equals(publicKeys[1] ?? raise())).toBe(true);
  });

  it("is made again when it is damaged or another key's", async () => {
    const { certificatePath, certificatePem } = await openLocalCa(directory, systemClock);
    await writeFile(certificatePath, "-----BEGIN CERTIFICATE-----\n");
    expect((await openLocalCa(directory, systemClock)).certificatePem).not.toBe(certificatePem);
    await rm(join(directory, "ca-key.pem"));
    const other = await openLocalCa(directory, systemClock);
    const { cert } = await other.issue("ssm.us-east-1.amazonaws.com");
    expect(new X509Certificate(cert).verify(new X509Certificate(other.certificatePem).publicKey)).toBe(true);
  });

  it("is refused when the key file holds no key, naming the file", async () => {
    await writeFile(join(directory, "ca-key.pem"), "nothing");
    await expect(openLocalCa(directory, systemClock)).rejects.toThrow(ConfigError);
    await expect(openLocalCa(directory, systemClock)).rejects.toThrow(/ca-key\.pem: expected/);
  });

  it("is refused when the directory cannot be made", async () => {
    await writeFile(join(directory, "file"), "");
    await expect(openLocalCa(join(directory, "file", "ca"), systemClock)).rejects.toThrow(ConfigError);
  });
});

describe("a server certificate", () => {
  it("names its hosts, is signed by the CA, and has a key of its own", async () => {
    const ca = await openLocalCa(directory, systemClock);
    const { cert, key } = await ca.issue("ssm.us-east-1.amazonaws.com", "localhost", "127.0.0.1", "::1");
    const leaf = new X509Certificate(cert);
    const issuer = new X509Certificate(ca.certificatePem);
    expect(leaf.checkIssued(issuer)).toBe(true);
    expect(leaf.verify(issuer.publicKey)).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(leaf.checkHost("ssm.us-east-1.amazonaws.com")).toBe("ssm.us-east-1.amazonaws.com");
    expect(leaf.checkHost("sts.us-east-1.amazonaws.com")).toBeUndefined();
    expect(leaf.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(leaf.checkIP("::1")).toBe("::1");
    expect(key).toContain("PRIVATE KEY");
    expect(key).not.toBe(await readFile(join(directory, "ca-key.pem"), "utf8"));
  });

  it("lives 397 days at most, and less long than the CA", async () => {
    const ca = await openLocalCa(directory, yearsLater(8.5));
    const leaf = new X509Certificate((await ca.issue("sts.amazonaws.com")).cert);
    expect(leaf.validToDate.getTime() - leaf.validFromDate.getTime()).toBeLessThanOrEqual(397 * dayMs);
    expect(leaf.validToDate.getTime()).toBeLessThan(
      new X509Certificate(ca.certificatePem).validToDate.getTime(),
    );
  });

  it("may name a host of more than 64 characters", async () => {
    const host = `${"b".repeat(63)}.s3.us-east-1.amazonaws.com`;
    const ca = await openLocalCa(directory, systemClock);
    expect(new X509Certificate((await ca.issue(host)).cert).checkHost(host)).toBe(host);
  });
});

function raise(): never {
  throw new Error("no certificate");
}
