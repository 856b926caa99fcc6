import { describe, expect, it } from "vitest";
import { ServiceException } from "../../emulator/errors.ts";
import { encodeQueryError, encodeQueryOutput } from "../../emulator/http/aws-query.ts";

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

describe("encodeQueryOutput", () => {
  it("wraps the output in result and response, lists in members", () => {
    const output = {
      Users: [{ UserName: "a<b>&c", Path: "/" }],
      IsTruncated: false,
      Tags: [],
      RoleLastUsed: {},
      Marker: undefined,
    };
    expect(encodeQueryOutput({ service: "iam", name: "ListUsers" }, output, "id").body).toBe(
      `${declaration}<ListUsersResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListUsersResult>` +
        "<Users><member><UserName>a&lt;b&gt;&amp;c</UserName><Path>/</Path></member></Users>" +
        "<IsTruncated>false</IsTruncated><Tags></Tags><RoleLastUsed></RoleLastUsed>" +
        "</ListUsersResult><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></ListUsersResponse>",
    );
  });

  it("leaves the result out when there is no output", () => {
    expect(encodeQueryOutput({ service: "iam", name: "DeleteUser" }, {}, "id").body).toBe(
      `${declaration}<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">` +
        "<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></DeleteUserResponse>",
    );
  });

  it("keeps line ends and puts U+FFFD for what XML cannot hold", () => {
    const { body } = encodeQueryOutput({ service: "sts", name: "X" }, { A: "a\r\n\u0001\uD800b" }, "id");
    expect(body).toContain("<A>a&#xD;\n\uFFFD\uFFFDb</A>");
  });
});

describe("encodeQueryError", () => {
  it("names sender, code and message in the service's namespace", () => {
    const exception = new ServiceException("NoSuchEntity", "The user with name <X> cannot be found.");
    expect(encodeQueryError("iam", exception, "id")).toEqual({
      status: 404,
      contentType: "text/xml;charset=UTF-8",
      body:
        `${declaration}<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>` +
        "<Code>NoSuchEntity</Code><Message>The user with name &lt;X&gt; cannot be found.</Message></Error>" +
        "<RequestId>id</RequestId></ErrorResponse>",
    });
  });

  it.each([
    ["sts", "InternalFailure", "<Type>Receiver</Type>"],
    ["sts", "InvalidAction", "http://webservices.amazon.com/AWSFault/2005-15-09"],
    [undefined, "MissingAction", "http://webservices.amazon.com/AWSFault/2005-15-09"],
  ])("of %s with %s says %s", (service, code, expected) => {
    expect(encodeQueryError(service, new ServiceException(code), "id").body).toContain(expected);
  });
});
