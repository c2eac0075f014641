// How the bytes lay: above one another the records of a step, the pieces in which their sender wrote them, and those in
// which their receiver read them, so that one sees what was cut and what travelled together.

import { called, records, steps, subject, t, title, trace } from "./data.js";
import { element } from "./dom.js";

const HEADER = 5;
const MOST = 40; // pieces, or records, that one row shows
const carried = new Map(); // index of a record -> the steps in it
for (const step of steps) {
  for (const index of step.records || []) {
    if (!carried.has(index)) carried.set(index, []);
    carried.get(index).push(step);
  }
}

/** The steps whose bytes lay in that record. */
export function inside(index) {
  return carried.get(index) || [];
}

/** The picture, or null where the trace does not tell in which pieces the step's bytes were handed over. */
export function layView(step, choose) {
  const own = (step.records || []).filter((index) => records[index].offset !== undefined);
  if (!own.length) return null;
  const told = trace.connections[step.connection || 0].pieces || [];
  const rows = told.filter((pieces) => pieces.sender === step.sender).map((pieces) => piecesRow(pieces, own)).filter((row) => row.parts.length);
  if (!rows.length) return null;
  rows.sort((one, other) => other.written - one.written);
  const from = Math.min(...rows.map((row) => row.parts[0].start));
  const to = Math.max(...rows.map((row) => row.parts.at(-1).end));
  rows.unshift(recordsRow(own, step, choose, from, to));
  return element(
    "section",
    { class: "lain" },
    element("h3", {}, t`How the bytes lay`),
    element("p", {}, rows.slice(1).map((row) => row.said).join(" ")),
    grid(rows),
    element("p", { class: "quiet" }, t`Written and read are what hellodone handed to TCP and took from it at once; on the way TCP may have cut otherwise.`),
  );
}

/** The pieces that share a byte with the step's records, and a sentence; no parts when the trace does not tell of all. */
function piecesRow({ lengths, told_by: teller, sender }, own) {
  const [first, last] = [stretch(own[0]), stretch(own.at(-1))];
  const written = teller === sender;
  const parts = [];
  let end = 0;
  lengths.forEach((length, index) => {
    const start = end;
    end += length;
    const [who, piece] = [called[teller], index + 1];
    const hint = written ? t`${length} bytes that the ${who} wrote at once, its piece ${piece}` : t`${length} bytes that the ${who} read at once, its piece ${piece}`;
    if (length && start < last.end && end > first.start) parts.push({ start, end, text: `${length}`, hint, kind: `piece by-${teller}` });
  });
  if (!parts.length || parts.at(-1).end < last.end) return { parts: [] };
  const them = own.length > 1 ? t`them` : t`it`;
  const others = parts.at(-1).end - parts[0].start - (last.end - first.start);
  const company = others ? t`, together with ${others} bytes of other records` : "";
  const drawn = parts.length > MOST ? t`; the first ${MOST} are drawn` : "";
  const count = parts.length === 1 ? t`one piece` : t`${parts.length} pieces`;
  const who = subject[teller];
  const said = written ? t`${who} wrote ${them} in ${count}${company}${drawn}.` : t`${who} read ${them} in ${count}${company}${drawn}.`;
  return { name: written ? t`written` : t`read`, written, said, parts: parts.slice(0, MOST) };
}

function stretch(index) {
  const { offset, length } = records[index];
  return { start: offset, end: offset + HEADER + length };
}

/** The records that lie there, at least those of the step. */
function recordsRow(own, step, choose, from, to) {
  const parts = [];
  const near = Math.max(0, own[0] - MOST);
  records.slice(near, own.at(-1) + MOST).forEach((record, n) => {
    const index = near + n;
    if (record.offset === undefined || record.sender !== step.sender || (record.connection || 0) !== (step.connection || 0)) return;
    const there = stretch(index);
    if (there.start >= to || there.end <= from) return;
    const [other] = inside(index);
    const hint = t`record of ${there.end - there.start} bytes` + (other ? `: ${inside(index).map(title).join(", ")}` : "");
    const chosen = other && !own.includes(index) ? () => choose(other.number) : undefined;
    parts.push({ ...there, text: inside(index).map((one) => one.number).join(" "), hint, kind: own.includes(index) ? "part own" : "part", chosen });
  });
  return { name: t`records`, parts };
}

/** Rows on one measure: a column for each stretch between two cuts, no narrower than can be seen. */
function grid(rows) {
  const cuts = [...new Set(rows.flatMap((row) => row.parts.flatMap((part) => [part.start, part.end])))].sort((a, b) => a - b);
  const column = new Map(cuts.map((cut, n) => [cut, n + 2])); // the first column has the names
  const made = element("div", { class: "pieces" });
  made.style.gridTemplateColumns = `auto ${cuts.slice(1).map((cut, n) => `minmax(14px, ${cut - cuts[n]}fr)`).join(" ")}`;
  rows.forEach((row, n) => {
    made.append(placed(element("span", { class: "lane-name" }, row.name), n + 1, 1, 2));
    for (const part of row.parts) {
      const shown = part.chosen
        ? element("button", { class: part.kind, title: part.hint, onclick: part.chosen }, part.text)
        : element("span", { class: part.kind, title: part.hint }, part.text);
      made.append(placed(shown, n + 1, column.get(part.start), column.get(part.end)));
    }
  });
  return made;
}

function placed(shown, line, first, last) {
  shown.style.gridArea = `${line} / ${first} / ${line + 1} / ${last}`;
  return shown;
}
