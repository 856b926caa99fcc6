import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutAtCharacters, Utf8Boundary } from "../../emulator/session/utf8-boundary.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytesOf = (text: string) => Buffer.from(text, "hex");

describe("Utf8Boundary", () => {
  it.each([
    ["nothing", "", ""],
    ["plain text", "6162", "6162"],
    ["whole characters", "c3a9e282acf09f9880", "c3a9e282acf09f9880"],
    ["1 of 2 bytes", "61c3", "61"],
    ["1 of 3 bytes", "61e2", "61"],
    ["2 of 3 bytes", "61e282", "61"],
    ["1 of 4 bytes", "61f0", "61"],
    ["3 of 4 bytes", "61f09f98", "61"],
    ["a lone continuation", "6180", "6180"],
    ["four continuations", "80808080", "80808080"],
    ["a byte that begins no character", "61ff", "61ff"],
    ["an overlong beginning", "61c0", "61c0"],
    ["a beginning beyond Unicode", "61f5", "61f5"],
  ])("sends of %s what is whole: %s", (_name, chunk, sent) => {
    expect(hex(new Utf8Boundary().push(bytesOf(chunk)))).toBe(sent);
  });

  it("sends what it held in front of the next chunk", () => {
    const boundary = new Utf8Boundary();
    expect(["61e2", "82", "ac62"].map((chunk) => hex(boundary.push(bytesOf(chunk))))).toEqual([
      "61",
      "",
      "e282ac62",
    ]);
  });

  it("changes nothing about any bytes, but holds at most 3", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 6 })), (chunks) => {
        const boundary = new Utf8Boundary();
        const sent = hex(Buffer.concat(chunks.map((chunk) => boundary.push(chunk))));
        const given = hex(Buffer.concat(chunks));
        expect(given.startsWith(sent)).toBe(true);
        expect(given.length - sent.length).toBeLessThanOrEqual(6);
      }),
    );
  });

  it("does not let a chunk that is used again change what it holds", () => {
    const boundary = new Utf8Boundary();
    const chunk = bytesOf("c3");
    boundary.push(chunk);
    chunk[0] = 0x61;
    expect(hex(boundary.push(bytesOf("a9")))).toBe("c3a9");
  });
});

describe("cutAtCharacters", () => {
  it("cuts text into pieces that are text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", minLength: 1 }),
        fc.integer({ min: 4, max: 9 }),
        (text, max) => {
          const pieces = [...cutAtCharacters(Buffer.from(text), max)];
          expect(pieces.map((piece) => Buffer.from(piece).toString()).join("")).toBe(text);
          expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(max);
          expect(Math.min(...pieces.map((piece) => piece.length))).toBeGreaterThan(0);
        },
      ),
    );
  });

  it("fills pieces of bytes that are no text", () => {
    expect([...cutAtCharacters(new Uint8Array(10).fill(0x80), 4)].map(({ length }) => length)).toEqual([
      4, 4, 2,
    ]);
  });
});
