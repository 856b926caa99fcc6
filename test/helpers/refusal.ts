import { ServiceException } from "../../emulator/errors.ts";

/** Code and message with which `run` is refused. @throws Error when it is not */
export function refusal(run: () => unknown): { readonly code: string; readonly message: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof ServiceException) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("expected a ServiceException, but the call succeeded");
}
