import { systemClock } from "../../emulator/clock.ts";
import { NamespaceFleet } from "../../emulator/nodes/namespace/namespace-fleet.ts";

/** A process to be killed: opens a fleet of namespaces with the options of its argument, and says so. */
await NamespaceFleet.open({ clock: systemClock, ...JSON.parse(process.argv[2] ?? "{}") });
process.stdout.write("open\n");
// A fleet alone keeps nobody waiting.
setInterval(() => {}, 1_000);
