/**
 * Reads its standard input and says, for each `mark-<digits>` that comes by, how many bytes have come until then: as
 * `<digits:bytes>`. So a client's output goes into a pipe, while its input is a terminal.
 */
let bytes = 0;
let tail = "";
process.stdin.on("data", (chunk: Buffer) => {
  bytes += chunk.length;
  tail += chunk.toString("latin1");
  for (const [, digits] of tail.matchAll(/mark-(\d+)\r?\n/g)) process.stdout.write(`<${digits}:${bytes}>`);
  tail = tail.slice(Math.max(0, tail.lastIndexOf("\n"), tail.length - 64));
});
// An interrupt is for the client.
process.on("SIGINT", () => {});
