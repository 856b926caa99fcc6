import { expect, it } from "vitest";
import { ServiceException } from "../../emulator/errors.ts";
import { encodeEc2Error, encodeEc2Output } from "../../emulator/http/ec2-query.ts";

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

it("puts the request id first and lists into items", () => {
  const output = { reservationSet: [{ instancesSet: [{ instanceId: "i-1", tagSet: [] }] }], return: true };
  expect(encodeEc2Output({ name: "DescribeInstances" }, output, "id").body).toBe(
    `${declaration}<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>id</requestId>` +
      "<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><tagSet></tagSet></item></instancesSet>" +
      "</item></reservationSet><return>true</return></DescribeInstancesResponse>",
  );
});

it("writes errors under Response, with RequestID in capitals", () => {
  const exception = new ServiceException("AuthFailure", "AWS was not able & so on");
  expect(encodeEc2Error(exception, "id")).toEqual({
    status: 401,
    contentType: "text/xml;charset=UTF-8",
    body:
      `${declaration}<Response><Errors><Error><Code>AuthFailure</Code><Message>AWS was not able &amp; so on</Message>` +
      "</Error></Errors><RequestID>id</RequestID></Response>",
  });
});
