// The layer below: in which records the bytes of a step travelled, and what else lay in them.

import { called, records, t, title } from "./data.js";
import { element } from "./dom.js";
import { inside, layView } from "./lay.js";

const TYPES = { 20: "change_cipher_spec", 21: "alert", 22: "handshake", 23: "application_data", 24: "heartbeat" };
const HEADER = 5;

export function recordsView(step, choose) {
  const indexes = step.records || [];
  if (!indexes.length) return [element("p", { class: "quiet" }, t`No record of TLS carries this step.`)];
  const many = indexes.length > 1 ? t`${indexes.length} records carry it.` : t`One record carries it.`;
  const lay = layView(step, choose);
  return [element("p", {}, many), ...(lay ? [lay] : []), ...indexes.map((index) => recordBox(index, step, choose))];
}

function recordBox(index, step, choose) {
  const record = records[index];
  const all = HEADER + record.length;
  const there = inside(index);
  const more = there.length - 1;
  const others = more > 1 ? t`, with ${more} other messages` : more === 1 ? t`, with 1 other message` : "";
  const protection = record.protection ? t`sealed with ${record.protection}: ${record.plaintext_length} bytes inside` : t`in the clear`;
  return element(
    "section",
    { class: record.protection ? "record sealed" : "record" },
    element("h3", {}, t`Record ${record.sequence} of the ${called[record.sender]}`, element("span", { class: "count" }, protection + others)),
    bar(record, there, step, choose),
    element(
      "dl",
      {},
      ...row("content_type", `${TYPES[record.content_type] || t`unknown`}(${record.content_type})`, record.wire?.slice(0, 2)),
      ...row("version", versionName(record.version), record.wire?.slice(2, 6)),
      ...row("length", t`${record.length}, so ${all} bytes on the wire`, record.wire?.slice(6, 10)),
    ),
    record.wire ? dump(record.wire) : element("p", { class: "quiet" }, t`The bytes are withheld.`),
  );
}

function versionName(version) {
  return { 768: "SSL 3.0", 769: "TLS 1.0", 770: "TLS 1.1", 771: "TLS 1.2" }[version] || `0x${version.toString(16)}`;
}

function row(name, value, digits) {
  return [element("dt", {}, name), element("dd", {}, value, digits ? element("code", {}, digits.replace(/../g, "$& ").trim()) : "")];
}

/** Header and messages as parts of a bar; what a protected record adds is its last part. */
function bar(record, there, step, choose) {
  const parts = [element("span", { class: "part header", title: t`header, 5 bytes` }, "5")];
  let left = record.plaintext_length;
  for (const other of there) {
    const length = Math.min(left, other.length);
    left -= length;
    const kind = other.number === step.number ? "part own" : "part";
    const part = element("button", { class: kind, title: t`${title(other)}, ${length} bytes`, onclick: () => choose(other.number) }, `${other.number} ${other.name}`);
    part.style.flexGrow = Math.max(length, 1);
    parts.push(part);
  }
  const added = record.length - record.plaintext_length;
  if (added > 0) parts.push(element("span", { class: "part added", title: t`nonce, padding, tag or MAC: ${added} bytes` }, `+${added}`));
  return element("div", { class: "lay" }, ...parts);
}

function dump(wire) {
  const lines = [];
  for (let at = 0; at < wire.length && lines.length < 512; at += 32) {
    lines.push((at / 2).toString(16).padStart(4, "0") + "  " + wire.slice(at, at + 32).replace(/../g, "$& "));
  }
  if (wire.length > 512 * 32) lines.push(t`… ${wire.length / 2 - 512 * 16} bytes more`);
  return element("details", {}, element("summary", {}, t`Bytes of the record`), element("pre", {}, lines.join("\n")));
}
