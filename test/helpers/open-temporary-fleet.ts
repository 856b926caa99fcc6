import { systemClock } from "../../emulator/clock.ts";
import { DockerFleet } from "../../emulator/nodes/docker/docker-fleet.ts";

/** A process to be killed: opens a temporary fleet for the owner and with the options of its arguments, and says so. */
const [owner = "", options = "{}"] = process.argv.slice(2);
await DockerFleet.open({ owner, clock: systemClock, temporary: true, ...JSON.parse(options) });
process.stdout.write("open\n");
