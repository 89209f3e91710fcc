/**
 * Bundles as servers of protocol 2 wrote them (core/model/bundle.ts), for tests that read or upgrade them.
 */
import { jsonToBytes } from "../core/json.ts";
import type { Bundle } from "../core/model/bundle.ts";

const magic = 0x42544354; // "TCTB"
const bundleVersion = 1;
const alignment = 64;
const fixedBytes = 16;

export function encodeBundle(bundle: Bundle): Uint8Array<ArrayBuffer> {
  const { catalogue, content, factors, popularity, ...model } = bundle;
  const parts: { name: string; type: "i8" | "f32" | "json"; data: Uint8Array }[] = [
    { name: "contentValues", type: "i8", data: bytesOf(content.values) },
    { name: "contentScales", type: "f32", data: float32Bytes(content.scales) },
    { name: "factorValues", type: "i8", data: bytesOf(factors.values) },
    { name: "factorScales", type: "f32", data: float32Bytes(factors.scales) },
    { name: "popularity", type: "f32", data: float32Bytes(popularity) },
    { name: "catalogue", type: "json", data: jsonToBytes(catalogue) },
  ];
  // Offsets count from the end of the header, so that the header's own length does not depend on them.
  let offset = 0;
  const sections = parts.map(({ name, type, data }) => {
    const section = { name, type, offset, bytes: data.length };
    offset = aligned(offset + data.length);
    return section;
  });
  const header = jsonToBytes({ ...model, sections });
  const start = aligned(fixedBytes + header.length);
  const bytes = new Uint8Array(start + offset);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setUint16(4, bundleVersion, true);
  view.setUint32(8, header.length, true);
  bytes.set(header, fixedBytes);
  for (const [k, { data }] of parts.entries()) bytes.set(data, start + sections[k].offset);
  return bytes;
}

function bytesOf(values: Int8Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function float32Bytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let k = 0; k < values.length; k++) view.setFloat32(k * 4, values[k], true);
  return bytes;
}

function aligned(offset: number): number {
  return Math.ceil(offset / alignment) * alignment;
}
