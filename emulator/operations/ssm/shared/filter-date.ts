import type { EpochMillis } from "../../../clock.ts";
import { ServiceException } from "../../../errors.ts";

/** A day, or a time with at least minutes. */
const isoDate = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const zone = /(Z|[+-]\d\d:?\d\d)$/;

/**
 * The time that an InvokedAfter or InvokedBefore filter names in ISO 8601. It is UTC unless it says otherwise, wherever
 * the emulator runs.
 * @throws ServiceException ValidationException
 * @see SSM API reference, SessionFilter and CommandFilter
 * @unverified Code and text; a recorded refusal would settle them.
 */
export function parseFilterDate(value: string): EpochMillis {
  const isUtc = !value.includes("T") || zone.test(value);
  const time = isoDate.test(value) ? Date.parse(isUtc ? value : `${value}Z`) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new ServiceException("ValidationException", `Invalid date filter value: ${value}`);
  }
  return time;
}
