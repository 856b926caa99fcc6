/**
 * The action's result, unless that takes too long or is not wanted any more.
 * @throws what `onLimit` gives, or the signal's reason
 */
export async function withTimeLimit<Value>(
  action: Promise<Value>,
  options: {
    readonly limitMs: number;
    readonly onLimit: () => Error;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Value> {
  const { promise: limit, reject } = Promise.withResolvers<never>();
  const { signal } = options;
  const timer = setTimeout(() => reject(options.onLimit()), options.limitMs);
  const onAbort = () => reject(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) onAbort();
  try {
    return await Promise.race([action, limit]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
