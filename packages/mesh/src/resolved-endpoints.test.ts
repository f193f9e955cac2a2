import assert from "node:assert/strict";
import { it } from "node:test";
import type { Endpoint } from "@intramesh/core";
import type { FollowedName, NameResolver, ResolvedAddress } from "@intramesh/discovery";
import { ResolvedEndpoints } from "./resolved-endpoints.ts";

/** Names that a test answers for. */
class ScriptedNames implements Pick<NameResolver, "follow"> {
  readonly followed = new Map<string, { addresses: readonly ResolvedAddress[] | undefined; tell(): void }>();

  follow(name: string, onAnswer: () => void): FollowedName {
    const entry = {
      addresses: undefined,
      failure: undefined,
      tell: onAnswer,
      stop: () => void this.followed.delete(name),
    };
    this.followed.set(name, entry);
    return entry;
  }

  answer(name: string, ...found: readonly (string | ResolvedAddress)[]): void {
    const entry = this.followed.get(name)!;
    entry.addresses = found.map((one) =>
      typeof one === "string" ? { address: one, port: undefined, weight: 1 } : one,
    );
    entry.tell();
  }
}

function endpoint(address: string, more: Partial<Endpoint> = {}): Endpoint {
  const port = 80;
  return { id: `${address}:${port}`, address, port, labels: {}, locality: "", weight: 1, instance: "", ...more };
}

function setUp() {
  const names = new ScriptedNames();
  const told: (readonly string[])[] = [];
  const resolved = new ResolvedEndpoints(names, (endpoints) => told.push(endpoints.map(({ id }) => id)));
  return { names, told, resolved };
}

const ids = ({ endpoints }: ResolvedEndpoints): readonly string[] => endpoints.map(({ id }) => id);

it("every address of a name is an endpoint with the labels, locality and port of the name's", async () => {
  const { names, told, resolved } = setUp();
  const declared = endpoint("a.example", { labels: { version: "v1" }, locality: "eu/a", weight: 3 });
  resolved.declare("STRICT_DNS", [declared, endpoint("192.0.2.9")]);
  assert.deepEqual(ids(resolved), ["192.0.2.9:80"]);
  assert.equal(resolved.starting, undefined);
  names.answer("a.example", "192.0.2.1", "2001:db8::1");
  assert.deepEqual(told, [["192.0.2.1:80", "[2001:db8::1]:80", "192.0.2.9:80"]]);
  const expected = { ...declared, id: "192.0.2.1:80", address: "192.0.2.1" };
  assert.deepEqual(resolved.endpoints[0], expected);
});

it("an endpoint that stays in the answer stays the same object, and a place that two names lead to counts once", () => {
  const { names, resolved } = setUp();
  resolved.declare("STRICT_DNS", [endpoint("a.example"), endpoint("b.example")]);
  names.answer("a.example", "192.0.2.1", "192.0.2.2");
  const [, kept] = resolved.endpoints;
  names.answer("b.example", "192.0.2.2");
  names.answer("a.example", "192.0.2.3", "192.0.2.2");
  assert.deepEqual(ids(resolved), ["192.0.2.3:80", "192.0.2.2:80"]);
  assert.equal(resolved.endpoints[1], kept);
});

it("is starting until the first name has addresses, or all have none", async () => {
  const { names, resolved } = setUp();
  resolved.declare("STRICT_DNS", [endpoint("a.example"), endpoint("b.example")]);
  const { starting } = resolved;
  names.answer("a.example");
  assert.equal(resolved.starting, starting);
  names.answer("b.example");
  await starting;
  assert.equal(resolved.starting, undefined);
  assert.deepEqual(ids(resolved), []);
});

it("an SRV record gives port and weight, in DNS_ROUND_ROBIN too", () => {
  for (const resolution of ["STRICT_DNS", "LOGICAL_DNS"] as const) {
    const { names, resolved } = setUp();
    resolved.declare(resolution, [endpoint("_http._tcp.a.example", { weight: 2 })]);
    names.answer("_http._tcp.a.example", { address: "192.0.2.1", port: 8080, weight: 5 });
    assert.deepEqual(
      resolved.endpoints.map(({ id, port, weight }) => ({ id, port, weight })),
      [{ id: "192.0.2.1:8080", port: 8080, weight: 10 }],
    );
  }
});

it("a name of DNS_ROUND_ROBIN is one endpoint that stays, and is followed", () => {
  const { names, told, resolved } = setUp();
  const declared = [endpoint("a.example")];
  assert.equal(resolved.declare("LOGICAL_DNS", declared)[0], declared[0]);
  names.answer("a.example", "192.0.2.1");
  assert.deepEqual(ids(resolved), ["a.example:80"]);
  assert.deepEqual(told, []);
});

it("names that are declared no more are not followed; those that stay are not asked for again", () => {
  const { names, resolved } = setUp();
  resolved.declare("STRICT_DNS", [endpoint("a.example"), endpoint("b.example")]);
  names.answer("a.example", "192.0.2.1");
  resolved.declare("STRICT_DNS", [endpoint("a.example", { weight: 7 })]);
  assert.deepEqual([...names.followed.keys()], ["a.example"]);
  assert.deepEqual(
    resolved.endpoints.map(({ id, weight }) => [id, weight]),
    [["192.0.2.1:80", 7]],
  );
  resolved.close();
  assert.equal(names.followed.size, 0);
});

it("where names are the system's to look up, endpoints are as declared", () => {
  const { names, resolved } = setUp();
  const declared = [endpoint("a.example"), endpoint("192.0.2.1")];
  assert.equal(resolved.declare("ON_CONNECT", declared), declared);
  assert.equal(names.followed.size, 0);
});
