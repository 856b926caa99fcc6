import { defaultIdleMinutes } from "./read-as-agent.ts";
import type { SessionDocumentContent } from "./session-document.ts";

/**
 * What holds while an account has no `SSM-SessionManagerRunShell`: no logs, no Run As, the shell's own defaults.
 * @see AWS Systems Manager user guide, "Update Session Manager preferences (command line)"
 */
export const defaultPreferences: SessionDocumentContent = {
  schemaVersion: "1.0",
  description: "Document to hold regional settings for Session Manager",
  sessionType: "Standard_Stream",
  inputs: {
    s3BucketName: "",
    s3KeyPrefix: "",
    s3EncryptionEnabled: true,
    cloudWatchLogGroupName: "",
    cloudWatchEncryptionEnabled: true,
    cloudWatchStreamingEnabled: false,
    kmsKeyId: "",
    runAsEnabled: false,
    runAsDefaultUser: "",
    idleSessionTimeout: String(defaultIdleMinutes),
    maxSessionDuration: "",
    shellProfile: { linux: "", windows: "" },
  },
  parameters: {},
  properties: {},
};
