import { type Static, Type } from "typebox";
import { ServiceException } from "../../errors.ts";
import { operation } from "../operation.ts";
import type { NodeDescription } from "../ports/managed-nodes.ts";
import { filterNodes, type NodeFilter, type NodeFilterRules } from "./shared/node-filter.ts";
import { nodeInformation } from "./shared/node-information.ts";
import { ssmPage } from "./shared/ssm-page.ts";

/** @see SSM API reference, DescribeInstanceInformation, "MaxResults" */
const defaultPageSize = 10;

const rules: NodeFilterRules = {
  invalidValueCode: "InvalidInstanceInformationFilterValue",
  moreKeys: [],
};

const Values = Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 100 });

const DescribeInstanceInformationRequest = Type.Object({
  InstanceInformationFilterList: Type.Optional(
    Type.Array(
      Type.Object({
        key: Type.Union([
          Type.Literal("InstanceIds"),
          Type.Literal("AgentVersion"),
          Type.Literal("PingStatus"),
          Type.Literal("PlatformTypes"),
          Type.Literal("ActivationIds"),
          Type.Literal("IamRole"),
          Type.Literal("ResourceType"),
          Type.Literal("AssociationStatus"),
        ]),
        valueSet: Values,
      }),
    ),
  ),
  Filters: Type.Optional(Type.Array(Type.Object({ Key: Type.String({ minLength: 1 }), Values }))),
  MaxResults: Type.Optional(Type.Integer({ minimum: 5, maximum: 50 })),
  NextToken: Type.Optional(Type.String()),
});

export const describeInstanceInformation = operation({
  service: "ssm",
  name: "DescribeInstanceInformation",
  input: DescribeInstanceInformationRequest,
  handle(input, context) {
    const filters = filtersOf(input);
    const nodes = filterNodes(filters, context, rules);
    const { page, rest } = ssmPage(nodes, {
      input,
      defaultSize: defaultPageSize,
      scope: ["DescribeInstanceInformation", filters],
    });
    return {
      InstanceInformationList: page.map(present),
      ...rest,
    };
  },
});

function filtersOf(input: Static<typeof DescribeInstanceInformationRequest>): readonly NodeFilter[] {
  const { InstanceInformationFilterList: legacy = [], Filters: current = [] } = input;
  if (legacy.length > 0 && current.length > 0) throw bothLists();
  return [
    ...legacy.map(({ key, valueSet }) => ({ key, values: valueSet, operator: "Equal" }) as const),
    ...current.map(({ Key, Values }) => ({ key: Key, values: Values, operator: "Equal" }) as const),
  ];
}

/** @unverified The API reference has the rule but neither code nor text; a recorded call would settle them. */
function bothLists(): ServiceException {
  return new ServiceException(
    "ValidationException",
    "InstanceInformationFilterList and Filters cannot be specified in the same request.",
  );
}

/** `Name` is a hybrid node's own; that of an ec2 node is a tag, which is ec2's to tell. */
function present(node: NodeDescription): object {
  const hybrid = node.nodeId.startsWith("mi-");
  return { ...nodeInformation(node), IsLatestVersion: true, ...(hybrid && { Name: node.name }) };
}
