import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";

const kinds = ["--mount", "--uts", "--ipc", "--net", "--pid"];

/** Namespaces that nothing was done about, and the words that start a shell there as another user by util-linux alone. */
export interface BareNamespaces extends AsyncDisposable {
  readonly shell: readonly string[];
}

export async function bareNamespaces(): Promise<BareNamespaces> {
  const words = [...kinds, "--fork", "--kill-child", "sh", "-c", "echo; exec sleep infinity"];
  const holder = spawn("unshare", words, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(holder, "exit");
  await Promise.race([once(holder.stdout, "data"), exited.then(failed)]);
  const first = await readFile(`/proc/${holder.pid}/task/${holder.pid}/children`, "utf8");
  const asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
  return {
    shell: [
      ...["nsenter", ...kinds, "--target", first.trim(), "--"],
      ...["setsid", "--ctty", "--wait", ...asNobody, "env", "-C", "/", "sh"],
    ],
    async [Symbol.asyncDispose]() {
      holder.kill("SIGKILL");
      await exited;
    },
  };
}

function failed(): never {
  throw new Error("unshare made no namespaces: that takes root");
}
