// The bytes of a message beside its fields: either shows the other, and what it means.

import { bytesOf, english, fieldsOf, t } from "./data.js";
import { element, reference } from "./dom.js";

const ROW = 8; // bytes a row
const BLOCK = 32; // rows that are laid out together, once they come into sight
const OPEN = 90; // fields that are opened at once; of more, only the upper levels

let shown = null;

export function messageView(step) {
  shown = null;
  if (!step.raw) return [element("p", { class: "quiet" }, withoutBytes(step))];
  const fields = fieldsOf(step);
  const leaves = fields.filter((field) => !field.children.length && field.end > field.start);
  const view = { step, fields, leaves, rows: new Map(), spans: [], pinned: -1 };
  const about = element("div", { class: "about", "aria-live": "polite" });
  view.about = about;
  const tree = element("div", { class: "tree", role: "tree", "aria-label": t`Fields` });
  const hex = element("div", { class: "hex", role: "group", "aria-label": t`Bytes` });
  drawHex(view, hex);
  if (fields.length) tree.append(drawField(view, 0, fields.length <= OPEN));
  listen(view, tree, hex);
  explain(view, 0);
  shown = view;
  return [element("div", { class: "beside" }, tree, hex), about];
}

function withoutBytes(step) {
  if (step.kind === "application_data") return step.data ? t`Application data: ${step.data}` : t`Application data, withheld.`;
  if (step.kind === "tcp") return t`A segment of the kernel's: its bytes are not in the trace.`;
  return t`Nothing travels in this step.`;
}

/** Selects a field of the message that is shown, opening what holds it; for the search. */
export function showField(index) {
  if (shown && shown.fields[index]) pin(shown, index);
}

// --- fields

function drawField(view, index, open) {
  const field = view.fields[index];
  const value = field.children.length && field.meaning.length > 60 ? "" : field.meaning;
  const row = element(
    "span",
    { class: "row", "data-field": index, tabindex: index ? -1 : 0 },
    element("span", { class: "field-name" }, field.name),
    value ? element("span", { class: "field-value" }, value) : "",
  );
  view.rows.set(index, row);
  if (!field.children.length) return element("div", { class: "leaf", role: "treeitem", "aria-level": field.depth + 1 }, row);
  const details = element("details", { role: "treeitem", "aria-level": field.depth + 1, open: open || field.depth < 4 });
  details.append(element("summary", { tabindex: -1 }, row));
  const fill = () => {
    if (details.open && details.children.length === 1) {
      details.append(element("div", { class: "children", role: "group" }, ...field.children.map((c) => drawField(view, c, open))));
    }
  };
  details.addEventListener("toggle", fill);
  fill();
  return details;
}

/** Opens what holds the field, so that its row is there. */
function rowOf(view, index) {
  const way = [];
  for (let at = index; at >= 0; at = view.fields[at].parent) way.unshift(at);
  for (const at of way.slice(0, -1)) {
    const details = view.rows.get(at).closest("details");
    if (details.open) continue;
    details.open = true;
    if (details.children.length === 1) {
      const children = view.fields[at].children.map((child) => drawField(view, child, false));
      details.append(element("div", { class: "children", role: "group" }, ...children));
    }
  }
  return view.rows.get(index);
}

// --- bytes

function drawHex(view, hex) {
  const bytes = bytesOf(view.step.raw);
  const owner = new Int32Array(bytes.length).fill(-1);
  view.leaves.forEach((leaf, index) => owner.fill(index, leaf.start, leaf.end));
  for (let start = 0; start < bytes.length; start += ROW * BLOCK) {
    const end = Math.min(bytes.length, start + ROW * BLOCK);
    const block = element("div", { class: "block" });
    block.style.containIntrinsicSize = `auto 300px auto ${Math.ceil((end - start) / ROW) * 20}px`;
    for (let row = start; row < end; row += ROW) block.append(drawRow(view, bytes, owner, row, Math.min(end, row + ROW)));
    hex.append(block);
  }
}

function drawRow(view, bytes, owner, start, end) {
  const line = element("span", { class: "digits" });
  let from = start;
  for (let at = start + 1; at <= end; at++) {
    if (at < end && owner[at] === owner[from]) continue;
    const digits = Array.from(bytes.subarray(from, at), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const span = element("span", { class: "byte", "data-leaf": owner[from] }, digits);
    (view.spans[owner[from]] ||= []).push(span);
    line.append(span, at < end ? " " : "");
    from = at;
  }
  const characters = Array.from(bytes.subarray(start, end), (b) => (b > 31 && b < 127 ? String.fromCharCode(b) : "·"));
  return element(
    "div",
    { class: "line" },
    element("span", { class: "offset" }, start.toString(16).padStart(4, "0")),
    line,
    element("span", { class: "characters", "aria-hidden": "true" }, characters.join("")),
  );
}

// --- either shows the other

function listen(view, tree, hex) {
  const fieldOf = (target) => {
    const row = target.closest(".row") || (target.matches("summary") ? target.querySelector(".row") : null);
    return row ? Number(row.dataset.field) : -1;
  };
  const leafOf = (target) => (target.closest(".byte") ? view.leaves[Number(target.closest(".byte").dataset.leaf)] : null);
  tree.addEventListener("mouseover", (event) => light(view, fieldOf(event.target)));
  tree.addEventListener("focusin", (event) => light(view, fieldOf(event.target)));
  tree.addEventListener("click", (event) => {
    if (fieldOf(event.target) < 0) return;
    if (event.target.closest(".row")) {
      event.preventDefault();
      if (event.target.closest("summary")) event.target.closest("details").open = true;
    }
    pin(view, fieldOf(event.target));
  });
  tree.addEventListener("keydown", (event) => moveInTree(view, tree, event));
  hex.addEventListener("mouseover", (event) => leafOf(event.target) && light(view, leafOf(event.target).index));
  hex.addEventListener("click", (event) => leafOf(event.target) && pin(view, leafOf(event.target).index));
  const leave = () => view.pinned >= 0 && light(view, view.pinned);
  tree.addEventListener("mouseleave", leave);
  hex.addEventListener("mouseleave", leave);
}

/** The field stays chosen. */
function pin(view, index) {
  view.rows.get(view.pinned)?.classList.remove("pinned");
  view.pinned = index;
  const row = rowOf(view, index);
  row.classList.add("pinned");
  for (const other of view.rows.values()) other.tabIndex = other === row ? 0 : -1;
  light(view, index);
  row.scrollIntoView({ block: "nearest" });
  view.lit[0]?.scrollIntoView({ block: "nearest" });
}

function light(view, index) {
  if (index < 0) return;
  for (const old of view.lit || []) old.classList.remove("lit");
  view.litRow?.classList.remove("lit");
  const { start, end } = view.fields[index];
  view.lit = view.leaves.flatMap((leaf, at) => (leaf.start >= start && leaf.end <= end ? view.spans[at] || [] : []));
  for (const span of view.lit) span.classList.add("lit");
  view.litRow = rowOf(view, index);
  view.litRow.classList.add("lit");
  explain(view, index);
}

function explain(view, index) {
  const field = view.fields[index];
  if (!field) return;
  const names = [];
  for (let at = index; at >= 0; at = view.fields[at].parent) names.unshift(view.fields[at].name);
  const size = field.end - field.start;
  const place = size ? t`bytes ${field.start} to ${field.end - 1}, ${size} of ${view.fields[0].end}` : t`no bytes`;
  view.about.replaceChildren(
    element("p", { class: "path" }, names.join(" › "), element("span", { class: "place" }, place)),
    field.sentence ? element("p", { lang: english }, field.sentence, " ", reference(field.reference)) : "",
    field.meaning ? element("p", { class: "value" }, field.meaning) : "",
  );
}

function moveInTree(view, tree, event) {
  const rows = Array.from(tree.querySelectorAll(".row")).filter((row) => row.offsetParent !== null);
  const at = rows.indexOf(event.target.closest(".row"));
  const details = event.target.closest("details");
  const own = details && details.querySelector("summary .row") === event.target;
  let next = null;
  if (event.key === "ArrowDown") next = rows[at + 1];
  else if (event.key === "ArrowUp") next = rows[at - 1];
  else if (event.key === "ArrowRight" && own) details.open = true;
  else if (event.key === "ArrowLeft" && own && details.open) details.open = false;
  else if (event.key === "ArrowLeft") next = details?.parentElement.closest("details")?.querySelector("summary .row");
  else if (event.key === "Enter" || event.key === " ") next = rows[at];
  else return;
  event.preventDefault();
  event.stopPropagation();
  if (!next) return;
  pin(view, Number(next.dataset.field));
  next.focus();
}
