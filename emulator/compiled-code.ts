import { join } from "node:path";

const { HOME, USERPROFILE } = process.env;
const home = HOME ?? USERPROFILE;

/**
 * Where Node keeps our code compiled, which takes most of a command's time; a folder of the user's own, for who can write
 * there can run code as the user. Undefined for users who have none. `NODE_COMPILE_CACHE` names another, and
 * `NODE_DISABLE_COMPILE_CACHE=1` does without.
 */
export const compiledCodeFolder = home === undefined ? undefined : join(home, ".ssm-emulator/compiled");
