import { Type } from "typebox";

/** The name of a new or changed document. */
export const NewDocumentName = Type.String({ pattern: "^[a-zA-Z0-9_\\-.]{3,128}$" });

/** A name or an ARN. */
export const DocumentNameOrArn = Type.String({ pattern: "^[a-zA-Z0-9_\\-.:/]{3,128}$" });

/** A number, or one of the two words for the newest and the default version. */
export const DocumentVersion = Type.String({ pattern: "([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)" });

/** A version's own name. */
export const VersionName = Type.String({ pattern: "^[a-zA-Z0-9_\\-.]{1,128}$" });

/** How a document is written. */
export const DocumentFormat = Type.Enum(["YAML", "JSON", "TEXT"]);

/** What the console shows instead of the name. */
export const DisplayName = Type.String({ maxLength: 1024, pattern: "^[\\w.\\-:/ ]*$" });

/** Kind of resource a document is for, e.g. `/AWS::EC2::Instance`. */
export const TargetType = Type.String({ maxLength: 200, pattern: "^/[\\w.\\-:/]*$" });

/** The enum of API model DocumentType. */
export const DocumentType = Type.Enum([
  "ApplicationConfiguration",
  "ApplicationConfigurationSchema",
  "AutoApprovalPolicy",
  "Automation",
  "Automation.ChangeTemplate",
  "ChangeCalendar",
  "CloudFormation",
  "Command",
  "ConformancePackTemplate",
  "DeploymentStrategy",
  "ManualApprovalPolicy",
  "Package",
  "Policy",
  "ProblemAnalysis",
  "ProblemAnalysisTemplate",
  "QuickSetup",
  "Session",
]);

/** One ssm tag. @see aws-api reference, section 2.4, "ssm tags" */
export const DocumentTag = Type.Object({
  Key: Type.String({ minLength: 1, maxLength: 128, pattern: "^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$" }),
  Value: Type.String({ minLength: 0, maxLength: 256, pattern: "^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$" }),
});
