import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where Node keeps our code compiled, which takes most of a command's time; a folder of the user's own, for who can write
 * there can run code as the user. `NODE_COMPILE_CACHE` names another, and `NODE_DISABLE_COMPILE_CACHE=1` does without.
 */
export const compiledCodeFolder = join(homedir(), ".ssm-emulator/compiled");
