import type { OperationContext } from "../../emulator/operations/operation.ts";
import { createDocument } from "../../emulator/operations/ssm/create-document.ts";
import { updateDocument } from "../../emulator/operations/ssm/update-document.ts";

/** Text of a shell document with these inputs. */
export function shellDocument(inputs: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ schemaVersion: "1.0", sessionType: "Standard_Stream", inputs });
}

/** Stores the session document `shell` with one version for each of these default users. */
export function createShellDocument(context: OperationContext, ...users: readonly string[]): void {
  for (const [index, runAsDefaultUser] of users.entries()) {
    const Content = shellDocument({ runAsDefaultUser });
    if (index === 0) createDocument.handle({ Name: "shell", DocumentType: "Session", Content }, context);
    else updateDocument.handle({ Name: "shell", Content, VersionName: `v${index + 1}` }, context);
  }
}
