import { expect, test } from "vitest";

import { checkConfiguration, defaultsOf, objectFault, wrapped } from "./configuration";
import { readJson } from "./json";
import { places } from "./template";

test("what is JSON is read as JSON.parse reads it", () => {
  for (const text of ['{"a":[1,-2.5e3,true,null,"é\\n\\u0041"],"b":{"c":{}}}', " [ ] ", '"x"', "0", '{"__proto__":1}']) {
    const { value, fault } = readJson(text);
    expect(fault).toBeNull();
    expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text)));
  }
});

test.each([
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'a comma or a closing brace is missing before "b"'],
  ['{"a": 1,}', 1, 9, "a comma stands before the closing brace"],
  ["{'a': 1}", 1, 2, "a name in double quotes is missing before 'a'"],
  ['{"a": tru}', 1, 7, "a value is missing before tru"],
  ['{"a": "x\n"}', 1, 9, "a text goes on beyond the end of its line: close its quotes, or write \\n"],
  ['{"a": 1', 1, 8, "a comma or a closing brace is missing before the end"],
  ["{} x", 1, 4, "x stands behind the end of the JSON"],
  ["[1,]", 1, 4, "a comma stands before the closing bracket"],
  ['{"a": 01}', 1, 8, "a comma or a closing brace is missing before 1"],
])("%j is refused with its place", (text, line, column, message) => {
  expect(() => JSON.parse(text) as unknown).toThrow();
  expect(readJson(text).fault).toEqual({ line, column, message });
});

test("a key that stands twice is named by its path", () => {
  expect(readJson('{"a/b":{"c":1,"c":2}}').repeated).toEqual(["/a~1b/c"]);
  expect(objectFault('{"a":1,"a":2}')).toContain("/a stands twice");
  expect(objectFault("[1]")).toContain("Put it in braces");
});

test("places of templates are found as the engine finds them", () => {
  expect(places("a/{thingName}/{site}")).toEqual({ names: ["thingName", "site"], unclosed: null });
  expect(places("{{thingName}")).toEqual({ names: [], unclosed: null });
  expect(places("{iot:thingName} ${7} {} {artifacts:path}/x")).toEqual({ names: [], unclosed: null });
  expect(places("x {thingName").unclosed).toBe("thingName");
  expect(places({ a: ["{site}", 1], b: { c: "{site}" } })).toEqual({ names: ["site"], unclosed: null });
});

test("values of a component that reads below Parameters have to stand there", () => {
  const text = '{\n  "device_name": "{thingName}"\n}';
  const check = checkConfiguration(text, "EdgeImpulseLinuxServiceComponent", [], null);
  expect(check.unwrapped).toBe(true);
  expect(check.fault).toContain("device_name");
  const around = wrapped(text);
  expect(JSON.parse(around)).toEqual({ Parameters: { device_name: "{thingName}" } });
  expect(checkConfiguration(around, "EdgeImpulseLinuxServiceComponent", [], null)).toEqual({
    fault: null,
    doubt: null,
    unwrapped: false,
  });
  const defaults = { Parameters: { device_name: "" }, accessControl: {} };
  expect(checkConfiguration(text, "com.example.Camera", [], defaults).unwrapped).toBe(true);
  expect(checkConfiguration(text, "com.example.Camera", [], { device_name: "" }).unwrapped).toBe(false);
});

test("a name that no row gives is a doubt, not a fault", () => {
  const text = '{"a":"{site}"}';
  expect(checkConfiguration(text, "a", [], null)).toEqual({
    fault: null,
    doubt: "Devices have no value for {site} yet: give one in a column of the rows.",
    unwrapped: false,
  });
  expect(checkConfiguration(text, "a", ["site"], null).doubt).toBeNull();
});

test("a recipe's default configuration is found in its JSON", () => {
  expect(defaultsOf('{"ComponentConfiguration":{"DefaultConfiguration":{"a":1}}}')).toEqual({ a: 1 });
  expect(defaultsOf('{"ComponentName":"a"}')).toBeNull();
});
