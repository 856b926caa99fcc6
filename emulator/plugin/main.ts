import { clientVersion } from "../client/client-version.ts";
import { failureOf } from "../client/session-end.ts";
import { endText } from "../client/session-texts.ts";
import { readPluginCall } from "./plugin-call.ts";

const { stdin: input, stdout: output } = process;
const call = readPluginCall(process.argv.slice(2), process.env, clientVersion);
if (call.type === "print") output.write(call.text);
else {
  try {
    // Loaded late: before each session the AWS CLI asks for the version, and no more.
    const { holdSession } = await import("./hold-session.ts");
    await holdSession(call, process.env, { input, output });
  } catch (cause) {
    // The plugin's exit code is 0, whatever happens.
    output.write(endText(call.start.sessionId, failureOf(cause)));
  }
}
