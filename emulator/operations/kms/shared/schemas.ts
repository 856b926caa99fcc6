import { Type } from "typebox";

/** Members that several operations share, with the limits of the API model. */
export const KeyId = Type.String({ minLength: 1, maxLength: 2048 });

export const AliasName = Type.String({ minLength: 1, maxLength: 256, pattern: "^[a-zA-Z0-9:/_-]+$" });

export const EncryptionContext = Type.Record(Type.String(), Type.String());

/** Base64 as it comes over the wire; `decodeBlob` reads and measures it. */
export const Blob = Type.String();

export const EncryptionAlgorithm = Type.Enum([
  "SYMMETRIC_DEFAULT",
  "RSAES_OAEP_SHA_1",
  "RSAES_OAEP_SHA_256",
  "SM2PKE",
]);

/** Attested enclaves, which get their answers encrypted. */
export const Recipient = Type.Object({});

/** Most items on a page. */
export const Limit = Type.Integer({ minimum: 1, maximum: 1000 });

export const Marker = Type.String({ minLength: 1, maxLength: 1024, pattern: "[\\u0020-\\u00FF]*" });
