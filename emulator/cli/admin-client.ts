import { ConfigError } from "../errors.ts";

const timeoutMs = 30_000;

/** Calls the admin API of a running emulator. @throws ConfigError when none answers there, or with a refusal */
export async function callAdminApi<Answer>(
  endpoint: string,
  path: string,
  options: { readonly method?: "GET" | "POST" | "DELETE"; readonly body?: object } = {},
): Promise<Answer> {
  const response = await request(endpoint, path, options.method ?? "GET", options.body);
  return (await response.json().catch(() => {
    throw new ConfigError(`What answers at ${endpoint} is not an emulator. Name one with --endpoint.`);
  })) as Answer;
}

/** The same for answers that are plain text. */
export async function readAdminText(endpoint: string, path: string): Promise<string> {
  const response = await request(endpoint, path, "GET");
  return response.text();
}

async function request(endpoint: string, path: string, method: string, body?: object): Promise<Response> {
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? "")) {
    throw new ConfigError(`--endpoint: expected a URL such as http://127.0.0.1:4583, found ${endpoint}`);
  }
  const response = await fetch(new URL(path, endpoint), {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    }),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    const reason =
      error instanceof Error ? (error.cause instanceof Error ? error.cause : error).message : error;
    throw new ConfigError(
      `No emulator answers at ${endpoint} (${reason}). Start one with: npm start, or name another with --endpoint.`,
    );
  });
  if (!response.ok) {
    throw new ConfigError(await describeRefusal(response, `${method} ${path}`));
  }
  return response;
}

/** The admin API's own words, where it is what answered. */
async function describeRefusal(response: Response, what: string): Promise<string> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  const answer: unknown = isJson && response.status < 500 ? JSON.parse(text) : undefined;
  if (typeof answer === "object" && answer !== null && "message" in answer) return String(answer.message);
  return `${what} answered ${response.status}: ${text}`;
}
