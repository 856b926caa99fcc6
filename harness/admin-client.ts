const timeoutMs = 60_000;

/** The emulator's admin API refused a request; the message is the API's own. */
export class AdminApiError extends Error {
  override readonly name = "AdminApiError";
  /** HTTP status. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** Several values: the parameter is repeated. */
type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** JSON requests below `/_emulator/`. */
export class AdminClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** @throws AdminApiError when the emulator refuses; Error when none answers */
  get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    const given = Object.entries(query).flatMap(([name, value]) =>
      [value ?? []].flat().map((text): [string, string] => [name, text]),
    );
    return this.#request("GET", given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`);
  }

  /** @throws AdminApiError when the emulator refuses; Error when none answers */
  post<Answer>(path: string, body: unknown = {}): Promise<Answer> {
    return this.#request("POST", path, body);
  }

  /** @throws AdminApiError when the emulator refuses; Error when none answers */
  delete<Answer>(path: string): Promise<Answer> {
    return this.#request("DELETE", path);
  }

  async #request<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(new URL(path, this.#url), {
      method,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    }).catch((cause: unknown) => {
      throw new Error(`No emulator answers at ${this.#url}: ${reasonOf(cause)}`, { cause });
    });
    const text = await response.text();
    if (!response.ok) throw new AdminApiError(messageOf(text), response.status);
    return (text === "" ? undefined : JSON.parse(text)) as Answer;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === "string" ? message : text;
  } catch {
    return text;
  }
}
