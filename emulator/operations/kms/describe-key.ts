import { Type } from "typebox";
import { operation } from "../operation.ts";
import { findKey } from "./shared/find-key.ts";
import { keyMetadata } from "./shared/key-metadata.ts";
import { KeyId } from "./shared/schemas.ts";

export const describeKey = operation({
  service: "kms",
  name: "DescribeKey",
  input: Type.Object({ KeyId }),
  handle: (input, context) => ({ KeyMetadata: keyMetadata(findKey(input.KeyId, context), context) }),
});
