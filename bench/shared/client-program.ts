/** The bench's own client as a program. Its argument is the answer of StartSession; it ends with its session. */
import type { StartSessionCommandOutput } from "@aws-sdk/client-ssm";
import { openDataChannel } from "./data-channel-shell.ts";
import { prompt, shows } from "./shell.ts";

const start = JSON.parse(process.argv[2] ?? "{}") as StartSessionCommandOutput;
const shell = openDataChannel(start);
await shows(shell, prompt);
shell.onOutput = (text) => process.stdout.write(text, "latin1");
process.stdin.setRawMode(true);
process.stdin.on("data", (typed) => shell.type(typed.toString()));
await shell.closed;
process.exit();
