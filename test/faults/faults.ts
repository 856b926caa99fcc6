import { type Fault, readFault } from "../../emulator/faults/fault.ts";
import { ActiveFault } from "../../emulator/faults/fault-list.ts";

/** A fault as a user would write it. */
export function faultOf(value: object): Fault {
  const read = readFault(value);
  if (read.type === "fault") return read.fault;
  throw new Error(JSON.stringify(read.problems));
}

/** The same in force, with chances that each run repeats. */
export function activeFault(value: object, seed = 1): ActiveFault {
  return new ActiveFault(faultOf(value), seed);
}
