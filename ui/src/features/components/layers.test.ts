import { expect, test } from "vitest";

import type { Layer } from "~/ipc";

import { formFaults, formOf, namedOf } from "./componentForm";
import { componentsOf, moved, says, withComponent, withMeant, withoutComponent, withoutLayer } from "./layers";
import { policyFaults, policyFormOf, withPolicies } from "./policyForm";
import { policyWords, whomFor } from "./words";

const all: Layer = { of: { kind: "all" }, intent: { components: { a: { change: "set", version: "1.0.0" } } } };
const some: Layer = {
  of: { kind: "matching", filter: { operation: "and", tokens: [{ property: "platform", operator: "=", value: "linux" }] } },
  intent: {},
};

test("a component goes into an empty draft's first part", () => {
  const layers = withComponent([], 0, { name: "a", intent: { change: "set", version: "1.0.0" } });
  expect(layers).toEqual([all]);
});

test("an edited component takes the place of the one it was", () => {
  const renamed = withComponent([all], 0, { name: "b", intent: { change: "remove" } }, "a");
  expect(renamed[0] && componentsOf(renamed[0])).toEqual([{ name: "b", intent: { change: "remove" } }]);
  expect(withoutComponent(renamed, 0, "b")[0]?.intent).toEqual({});
});

test("parts are added, moved and dropped", () => {
  const two = withMeant([all], 1, some.of ?? { kind: "all" });
  expect(two).toEqual([all, some]);
  expect(moved(two, 1, -1)).toEqual([some, all]);
  expect(withoutLayer(two, 0)).toEqual([some]);
  expect([all, some].map(says)).toEqual([true, false]);
});

test("whom a part is for is said in words", () => {
  expect([all, some].map((layer) => whomFor(layer.of ?? { kind: "all" }))).toEqual([
    "For all devices",
    "Where platform is linux",
  ]);
  expect(whomFor({ kind: "named", names: ["a", "b"] })).toBe("For 2 devices by name");
});

test("a component's fields and what they mean are one another's opposite", () => {
  const intent = {
    change: "set",
    version: "1.0.0",
    merge: '{"a":1}',
    reset: ["/x", "/y/z"],
    runWith: { posixUser: "root:root", systemResourceLimits: { cpus: 1.5, memory: 1024 } },
    wherePresent: true,
  } as const;
  const named = { name: "a", intent: { ...intent, reset: [...intent.reset] } };
  expect(namedOf(formOf(named))).toEqual(named);
  const bare = { name: "a", intent: { change: "set" as const } };
  expect(namedOf(formOf(bare))).toEqual(bare);
  const whole = { name: "a", intent: { change: "set" as const, reset: [""] } };
  expect(namedOf(formOf(whole))).toEqual(whole);
});

test("fields that cannot be taken say why", () => {
  const form = formOf({ name: "a", intent: { change: "set", version: "^1.0", reset: ["x"] } });
  const faults = formFaults({ ...form, cpus: "-1", memory: "1.5", merge: "{" }, ["a"], [], null);
  expect(faults.name).toContain("already");
  expect(faults.version).toContain("exact");
  expect(faults.reset).toContain("“x” is no path");
  expect(faults.cpus).toContain("above zero");
  expect(faults.memory).toContain("whole number");
  expect(faults.merge).toContain("Line 1, column 2");
  const removed = formFaults({ ...form, change: "remove" }, [], [], null);
  expect(Object.values(removed).every((fault) => fault === null)).toBe(true);
  expect(formFaults({ ...form, version: "{version}", reset: "" }, [], [], null).version).toBeNull();
});

test("policies say only what was said", () => {
  expect(withPolicies({ components: {} }, policyFormOf({}))).toEqual({ components: {} });
  const form = {
    ...policyFormOf({}),
    failure: "ROLLBACK",
    action: "NOTIFY_COMPONENTS",
    seconds: "60",
    name: " component-deployment ",
  } as const;
  const intent = withPolicies({}, form);
  expect(intent).toEqual({
    policies: {
      componentUpdatePolicy: { action: "NOTIFY_COMPONENTS", timeoutInSeconds: 60 },
      failureHandlingPolicy: "ROLLBACK",
    },
    deploymentName: "component-deployment",
  });
  expect(policyFormOf(intent)).toEqual({ ...form, name: "component-deployment" });
  expect(policyWords(intent.policies)).toEqual([
    "after a failure the device goes back (ROLLBACK)",
    "components are asked before an update (NOTIFY_COMPONENTS), 60 s to answer",
  ]);
  expect(policyFaults({ ...form, seconds: "-1", name: "{thingName" })).toEqual({
    seconds: "Give whole seconds, zero or more.",
    validation: null,
    name: "A brace before “thingName” is not closed. Write {thingName}.",
  });
});
