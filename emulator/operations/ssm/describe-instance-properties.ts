import { type Static, Type } from "typebox";
import { nodeTags } from "../node-tags.ts";
import { type OperationContext, operation } from "../operation.ts";
import type { NodeDescription } from "../ports/managed-nodes.ts";
import { filterNodes, type NodeFilter, type NodeFilterRules } from "./shared/node-filter.ts";
import { nodeInformation } from "./shared/node-information.ts";
import { ssmPage } from "./shared/ssm-page.ts";

/** @unverified The API reference names no default; a listing of more nodes than this would settle it. */
const defaultPageSize = 50;

const rules: NodeFilterRules = {
  invalidValueCode: "InvalidInstancePropertyFilterValue",
  moreKeys: ["DocumentName"],
};

const Value = Type.String({ minLength: 1, maxLength: 100_000 });
const Values = Type.Array(Value, { minItems: 1, maxItems: 40 });

const DescribeInstancePropertiesRequest = Type.Object({
  InstancePropertyFilterList: Type.Optional(
    Type.Array(
      Type.Object({
        key: Type.Union([
          Type.Literal("InstanceIds"),
          Type.Literal("AgentVersion"),
          Type.Literal("PingStatus"),
          Type.Literal("PlatformTypes"),
          Type.Literal("DocumentName"),
          Type.Literal("ActivationIds"),
          Type.Literal("IamRole"),
          Type.Literal("ResourceType"),
          Type.Literal("AssociationStatus"),
        ]),
        valueSet: Values,
      }),
      { minItems: 1, maxItems: 40 },
    ),
  ),
  FiltersWithOperator: Type.Optional(
    Type.Array(
      Type.Object({
        Key: Value,
        Values,
        Operator: Type.Optional(
          Type.Union([
            Type.Literal("Equal"),
            Type.Literal("NotEqual"),
            Type.Literal("BeginWith"),
            Type.Literal("LessThan"),
            Type.Literal("GreaterThan"),
          ]),
        ),
      }),
      { minItems: 1, maxItems: 40 },
    ),
  ),
  MaxResults: Type.Optional(Type.Integer({ minimum: 5, maximum: 1000 })),
  NextToken: Type.Optional(Type.String()),
});

export const describeInstanceProperties = operation({
  service: "ssm",
  name: "DescribeInstanceProperties",
  input: DescribeInstancePropertiesRequest,
  handle(input, context) {
    const filters = filtersOf(input);
    const nodes = filterNodes(filters, context, rules);
    const { page, rest } = ssmPage(nodes, {
      input,
      defaultSize: defaultPageSize,
      scope: ["DescribeInstanceProperties", filters],
    });
    return {
      InstanceProperties: page.map((node) => present(node, context)),
      ...rest,
    };
  },
});

/** @unverified Both lists together are taken as one; the API reference is silent, a recorded call would settle it. */
function filtersOf(input: Static<typeof DescribeInstancePropertiesRequest>): readonly NodeFilter[] {
  const { InstancePropertyFilterList: legacy = [], FiltersWithOperator: current = [] } = input;
  return [
    ...legacy.map(({ key, valueSet }) => ({ key, values: valueSet, operator: "Equal" }) as const),
    ...current.map(({ Key, Values, Operator = "Equal" }) => ({
      key: Key,
      values: Values,
      operator: Operator,
    })),
  ];
}

function present(node: NodeDescription, { state }: OperationContext): object {
  const nameTag = nodeTags(state, node).find(({ key }) => key === "Name");
  const ec2Only = {
    InstanceType: node.instanceType,
    InstanceState: "running",
    Architecture: "x86_64",
    LaunchTime: node.registeredAt / 1000,
  };
  const hybrid = node.nodeId.startsWith("mi-");
  return {
    ...nodeInformation(node),
    Name: hybrid ? node.name : (nameTag?.value ?? ""),
    ...(!hybrid && ec2Only),
  };
}
