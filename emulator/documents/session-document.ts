export const sessionTypes = [
  "Standard_Stream",
  "InteractiveCommands",
  "NonInteractiveCommands",
  "Port",
] as const;
export type SessionType = (typeof sessionTypes)[number];

/**
 * A session document as its author wrote it and the service took it: placeholders are still in place, and booleans may
 * be text.
 */
export interface SessionDocumentContent {
  readonly schemaVersion: "1.0";
  readonly description: string | undefined;
  readonly sessionType: SessionType;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, ParameterDefinition>>;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * A session document that has been checked, with booleans as booleans.
 * @see AWS Systems Manager user guide, "Session document schema"
 */
export interface SessionDocument {
  readonly schemaVersion: "1.0";
  readonly description: string | undefined;
  readonly sessionType: SessionType;
  readonly inputs: SessionInputs;
  readonly parameters: Readonly<Record<string, ParameterDefinition>>;
  /** Per session type; empty for Standard_Stream. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Session Manager preferences. Absent text members are `""`, as the agent has them. */
export interface SessionInputs {
  readonly s3BucketName: string;
  readonly s3KeyPrefix: string;
  readonly s3EncryptionEnabled: boolean;
  readonly cloudWatchLogGroupName: string;
  readonly cloudWatchEncryptionEnabled: boolean;
  readonly cloudWatchStreamingEnabled: boolean;
  readonly kmsKeyId: string;
  readonly runAsEnabled: boolean;
  readonly runAsDefaultUser: string;
  /** Minutes, 1–60; 20 when absent. */
  readonly idleSessionTimeout: number;
  /** Minutes, 1–1440; undefined: no limit. */
  readonly maxSessionDuration: number | undefined;
  readonly shellProfile: { readonly linux: string; readonly windows: string };
}

export const parameterTypes = ["String", "StringList"] as const;

export interface ParameterDefinition {
  readonly type: (typeof parameterTypes)[number];
  readonly description: string | undefined;
  readonly default: string | readonly string[] | undefined;
  readonly allowedPattern: string | undefined;
  readonly allowedValues: readonly string[] | undefined;
  readonly minChars: number | undefined;
  readonly maxChars: number | undefined;
}
