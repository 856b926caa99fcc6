import { expect, it } from "vitest";
import { systemClock } from "../../emulator/clock.ts";
import { CertificateCache } from "../../emulator/http/certificate-cache.ts";

const dayMs = 24 * 60 * 60 * 1_000;

function cacheOf(maxHosts: number) {
  const issued: string[] = [];
  let now = 0;
  let failing = false;
  const cache = new CertificateCache({
    ca: {
      certificatePem: "",
      certificatePath: "",
      issue: async (host) => {
        if (failing) throw new Error("no certificate");
        issued.push(host);
        return {} as never;
      },
    },
    clock: { ...systemClock, now: () => now },
    maxHosts,
  });
  return {
    cache,
    issued,
    passDays: (days: number) => {
      now += days * dayMs;
    },
    fail: (value: boolean) => {
      failing = value;
    },
  };
}

it("issues once for a host, also when asked twice at once", async () => {
  const { cache, issued } = cacheOf(2);
  const [first, second] = await Promise.all([cache.contextFor("a"), cache.contextFor("a")]);
  expect(first).toBe(second);
  expect(issued).toEqual(["a"]);
});

it("drops the host asked for longest ago when it is full", async () => {
  const { cache, issued } = cacheOf(2);
  for (const host of ["a", "b", "a", "c", "a", "b"]) await cache.contextFor(host);
  expect(issued).toEqual(["a", "b", "c", "b"]);
});

it("issues anew long before a certificate ends", async () => {
  const { cache, issued, passDays } = cacheOf(2);
  await cache.contextFor("a");
  passDays(299);
  await cache.contextFor("a");
  expect(issued).toHaveLength(1);
  passDays(1);
  await cache.contextFor("a");
  expect(issued).toHaveLength(2);
});

it("does not keep a failure", async () => {
  const { cache, issued, fail } = cacheOf(2);
  fail(true);
  await expect(cache.contextFor("a")).rejects.toThrow("no certificate");
  fail(false);
  await cache.contextFor("a");
  expect(issued).toEqual(["a"]);
});
