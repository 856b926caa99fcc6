/** Reproducible random numbers from 0 up to 1: mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** ASCII bytes in chunks of up to `maxChunkBytes`. */
export function randomChunks(random: () => number, count: number, maxChunkBytes: number): Uint8Array[] {
  return Array.from({ length: count }, () =>
    Uint8Array.from({ length: 1 + Math.floor(random() * maxChunkBytes) }, () => Math.floor(random() * 128)),
  );
}
