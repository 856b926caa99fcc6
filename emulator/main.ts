#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { compiledCodeFolder } from "./compiled-code.ts";

// Before anything else is loaded. Where it cannot be kept, code is compiled each time.
if (compiledCodeFolder !== undefined) enableCompileCache(compiledCodeFolder);
const { runCli } = await import("./cli/cli.ts");
await runCli(process.argv);
