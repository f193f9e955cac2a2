import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FormData as UndiciFormData } from "undici";
import { formDataBody } from "./form-data-body.ts";

describe("FormData as a body", () => {
  it("is left alone where it is something else", () => {
    assert.equal(formDataBody(new URLSearchParams()), undefined);
    assert.equal(formDataBody(null), undefined);
  });

  for (const [whose, form] of [
    ["Node", new FormData()],
    ["undici", new UndiciFormData()],
  ] as const) {
    it(`of ${whose} is encoded as Response reads it, with names that need quoting, the same for each attempt`, async () => {
      form.append('na"me\nof', "line\nline ä");
      form.append("file", new File([Buffer.from([0, 255, 13, 10])], 'a"b.bin', { type: "image/png" }));
      form.append("untyped", new Blob(["text"]));
      const { contentType, body } = formDataBody(form)!;
      const read = async (): Promise<Uint8Array<ArrayBuffer>> => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of body.open() as AsyncIterable<Uint8Array>) chunks.push(chunk);
        return Buffer.concat(chunks);
      };
      const bytes = await read();
      assert.deepEqual(await read(), bytes);
      const fields = await new Response(bytes, { headers: { "content-type": contentType } }).formData();
      assert.equal(fields.get('na"me\r\nof'), "line\r\nline ä");
      const file = fields.get("file") as File;
      assert.deepEqual([file.name, file.type], ['a"b.bin', "image/png"]);
      assert.deepEqual(Buffer.from(await file.arrayBuffer()), Buffer.from([0, 255, 13, 10]));
      assert.equal((fields.get("untyped") as File).type, "application/octet-stream");
    });
  }

  it("can be sent again, whatever its size", () => {
    const form = new FormData();
    form.append("file", new Blob([Buffer.alloc(2_000_000)]));
    assert.equal(formDataBody(form)!.body.replayable(), true);
  });
});
