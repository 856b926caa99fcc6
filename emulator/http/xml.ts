import { XMLBuilder } from "fast-xml-parser";

// Text is escaped here, as the builder would leave control characters and carriage returns as they are.
const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: "@", processEntities: false });

/** The XML content type of every AWS service that answers so. */
export const xmlContentType = "text/xml;charset=UTF-8";

/** Writes `content` inside one root element. Keys that begin with `@` become attributes. */
export function writeXml(root: string, content: Readonly<Record<string, unknown>>): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: content })}`;
}

/**
 * Turns plain data into what {@link writeXml} takes: each list becomes an element that holds its items in elements
 * called `itemName`, absent members stay out, empty lists and structures become empty elements.
 */
export function xmlContent(value: unknown, itemName: "member" | "item"): unknown {
  if (Array.isArray(value)) {
    return value.length === 0 ? "" : { [itemName]: value.map((item) => xmlContent(item, itemName)) };
  }
  if (typeof value !== "object" || value === null) return escapeXml(String(value ?? ""));
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined && member !== null)
    .map(([name, member]) => [name, xmlContent(member, itemName)]);
  return members.length === 0 ? "" : Object.fromEntries(members);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#xD;",
};

/** Text safe between tags; what XML 1.0 cannot hold becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[&<>"\r]/g, (character) => entities[character] ?? character)
    .replace(/[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
}
