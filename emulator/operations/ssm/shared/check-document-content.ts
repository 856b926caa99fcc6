import { checkSessionDocument } from "../../../documents/check-session-document.ts";
import { parseDocumentContent } from "../../../documents/parse-document-content.ts";
import { documentTexts, type Refusal } from "../../../documents/refusal.ts";
import { ServiceException } from "../../../errors.ts";
import { documentErrors } from "./document-errors.ts";

const maxDocumentBytes = 64 * 1024;

/**
 * Checks a document's text before it is stored: its size, its form, and for session documents the schema. Documents of
 * other types are stored only to be refused by StartSession, so their schema is not looked at.
 * @throws ServiceException MaxDocumentSizeExceeded, InvalidDocumentContent, InvalidDocumentSchemaVersion or ValidationException
 */
export function checkDocumentContent(document: {
  readonly documentType: string;
  readonly format: "JSON" | "YAML" | "TEXT";
  readonly content: string;
}): void {
  const { documentType, format, content } = document;
  if (Buffer.byteLength(content) > maxDocumentBytes) throw documentErrors.tooLarge();
  const isSession = documentType === "Session";
  if (format === "TEXT") {
    if (isSession) throw new ServiceException("ValidationException", documentTexts.otherFormat(format));
    return;
  }
  const parsed = parseDocumentContent(content, format);
  if (parsed.type === "refused") throw asException(parsed);
  const checked = isSession ? checkSessionDocument(parsed.value) : undefined;
  if (checked?.type === "refused") throw asException(checked);
}

function asException({ code, text }: Refusal): ServiceException {
  return new ServiceException(code, text);
}
