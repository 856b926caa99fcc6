import { ManagedNodeError } from "../errors.ts";

/** A {@link ManagedNodeError} that ends in the engine's own words; one that is already told is passed on. */
export function nodeError(message: string, cause: unknown): ManagedNodeError {
  if (cause instanceof ManagedNodeError) return cause;
  return new ManagedNodeError(`${message}: ${reasonOf(cause)}`, { cause });
}

/** A {@link ManagedNodeError} that ends in what it was caused by, and has its code. */
export function nodeErrorWithCode(message: string, cause: unknown): ManagedNodeError {
  if (!(cause instanceof ManagedNodeError)) return nodeError(message, cause);
  const { code } = cause;
  return new ManagedNodeError(`${message}: ${cause.message}`, { cause, ...(code !== undefined && { code }) });
}

/** The HTTP status with which the engine refused; undefined when it did not answer at all. */
export function statusOf(cause: unknown): number | undefined {
  return cause instanceof Error && "statusCode" in cause && typeof cause.statusCode === "number"
    ? cause.statusCode
    : undefined;
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.message !== "") return cause.message.trim();
  return "code" in cause ? String(cause.code) : cause.name;
}
