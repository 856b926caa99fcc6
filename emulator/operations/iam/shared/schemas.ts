import { Type } from "typebox";

const tagCharacters = "\\p{L}\\p{Z}\\p{N}_.:/=+\\-@";

/** The character set of names is checked in the handler, as iam words that refusal apart. */
export const NewName = Type.String({ minLength: 1, maxLength: 64 });
export const UserName = Type.String({ minLength: 1, maxLength: 128 });
export const RoleName = Type.String({ minLength: 1, maxLength: 64 });
export const Path = Type.String({ minLength: 1, maxLength: 512 });
export const PathPrefix = Type.String({
  minLength: 1,
  maxLength: 512,
  pattern: "^\\u002F[\\u0021-\\u007F]*$",
});

export const AccessKeyId = Type.String({ minLength: 16, maxLength: 128, pattern: "^[\\w]+$" });
export const AccessKeyStatus = Type.Union([Type.Literal("Active"), Type.Literal("Inactive")]);

/** Length as the model has it, not the quota of 2048, which AWS raises on request. */
export const PolicyDocument = Type.String({
  minLength: 1,
  maxLength: 131_072,
  pattern: "^[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+$",
});
export const RoleDescription = Type.String({
  maxLength: 1000,
  pattern: "^[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*$",
});
export const MaxSessionDuration = Type.Integer({ minimum: 3600, maximum: 43_200 });

export const TagKey = Type.String({ minLength: 1, maxLength: 128, pattern: `^[${tagCharacters}]+$` });
export const TagValue = Type.String({ maxLength: 256, pattern: `^[${tagCharacters}]*$` });
export const TagList = Type.Array(Type.Object({ Key: TagKey, Value: TagValue }), { maxItems: 50 });
export const TagKeyList = Type.Array(TagKey, { maxItems: 50 });

/** The members by which a list is paged. @see aws-api reference, section 2, "Pagination" */
export const paging = {
  Marker: Type.Optional(Type.String({ minLength: 1, pattern: "^[\\u0020-\\u00FF]+$" })),
  MaxItems: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
};
