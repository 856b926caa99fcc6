import { Type } from "typebox";

/** Members that ask for multi-factor authentication. */
export const mfa = {
  SerialNumber: Type.Optional(Type.String({ minLength: 9, maxLength: 256, pattern: "^[\\w+=/:,.@-]*$" })),
  TokenCode: Type.Optional(Type.String({ minLength: 6, maxLength: 6, pattern: "^[\\d]*$" })),
};
