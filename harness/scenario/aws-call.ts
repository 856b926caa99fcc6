import { readdirSync } from "node:fs";
import type { Credentials } from "../credentials.ts";

/** A client of the AWS SDK, as far as a call by name needs it. */
interface Client {
  send(command: unknown): Promise<object>;
  destroy(): void;
}
type Constructor<Made> = new (options: object) => Made;
type Package = Readonly<Record<string, unknown>>;

const services = {
  ssm: { load: (): Promise<Package> => import("@aws-sdk/client-ssm"), client: "SSMClient" },
  iam: { load: (): Promise<Package> => import("@aws-sdk/client-iam"), client: "IAMClient" },
  sts: { load: (): Promise<Package> => import("@aws-sdk/client-sts"), client: "STSClient" },
  logs: {
    load: (): Promise<Package> => import("@aws-sdk/client-cloudwatch-logs"),
    client: "CloudWatchLogsClient",
  },
  kms: { load: (): Promise<Package> => import("@aws-sdk/client-kms"), client: "KMSClient" },
  ec2: { load: (): Promise<Package> => import("@aws-sdk/client-ec2"), client: "EC2Client" },
} as const;

type Service = keyof typeof services;

/** Where calls go, and who makes them. */
export interface AwsCaller {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

/** An error that AWS answered. */
export interface AwsError {
  /** AWS's error code. */
  readonly code: string;
  readonly message: string;
}

/** Calls an operation such as `ssm:DescribeSessions` through the AWS SDK, once. @throws what the SDK throws */
export async function callAws(caller: AwsCaller, operation: string, input: object): Promise<object> {
  const [service = "", name = ""] = operation.split(":");
  const { load, client } = services[service as Service];
  const sdk = await load();
  const Client = sdk[client] as Constructor<Client>;
  const Command = sdk[`${name}Command`] as Constructor<object>;
  const made = new Client({ ...caller, maxAttempts: 1 });
  try {
    const { $metadata: _, ...answer } = (await made.send(new Command(input))) as Record<string, unknown>;
    return answer;
  } finally {
    made.destroy();
  }
}

/** What AWS answered, when that is what the error is; undefined for a connection that failed and the like. */
export function asAwsError(error: unknown): AwsError | undefined {
  if (!(error instanceof Error) || !("$fault" in error)) return undefined;
  return { code: error.name, message: error.message };
}

/** Every operation that can be called: those that the emulator has. */
export const callableOperations: readonly string[] = Object.keys(services).flatMap((service) =>
  readdirSync(new URL(`../../emulator/operations/${service}/`, import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.d)\.[jt]s$/.test(entry.name))
    .map(({ name }) => `${service}:${pascalCase(name.replace(/\.[jt]s$/, ""))}`),
);

function pascalCase(kebab: string): string {
  return kebab.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
