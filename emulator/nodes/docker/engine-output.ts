import { FrameSplitter } from "../frame-splitter.ts";

/**
 * Takes the output of an exec without a terminal apart.
 * @see Docker Engine API, ContainerAttach, "Stream format"
 */
export function engineOutput(
  onOutput: (piece: Buffer, from: "stdout" | "stderr") => void,
): FrameSplitter<"stdout" | "stderr"> {
  const format = {
    headBytes: 8,
    readHead: (bytes: Buffer) => ({
      head: bytes[0] === 2 ? ("stderr" as const) : ("stdout" as const),
      length: bytes.readUInt32BE(4),
    }),
  };
  return new FrameSplitter(format, (from, piece) => {
    if (piece.length > 0) onOutput(piece, from);
  });
}
