import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createFixture, echo, resources } from "./testing/mesh-fixture.ts";

describe("a ServiceEntry", () => {
  const fixture = createFixture();
  after(() => fixture.end());

  it("of a host in the mesh's own domain is called by short names, and by its addresses however they are written", async () => {
    const port = await fixture.server(echo("ratings"));
    const mesh = await fixture.mesh(
      resources(`
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ratings }
spec:
  hosts: [ratings.default.svc.cluster.local]
  addresses: ["2001:DB8:0::1"]
  ports: [{ number: 80, name: http, protocol: HTTP }]
  resolution: STATIC
  endpoints: [{ address: 127.0.0.1, ports: { http: ${port} } }]
`),
    );
    const names = ["ratings", "ratings.default", "ratings.default.svc", "[2001:db8::1]", "[2001:0DB8::0001]"];
    for (const name of names) {
      assert.equal((await mesh.fetch(`http://${name}/`)).status, 200, name);
      assert.equal(mesh.explain(`http://${name}/`).host, "ratings.default.svc.cluster.local", name);
    }
    const byHeader = await mesh.fetch("http://elsewhere.example/", { headers: { host: "[2001:DB8:0::1]" } });
    assert.equal(byHeader.status, 200);
  });
});
