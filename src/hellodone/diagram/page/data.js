// What the page is about: the trace as hellodone writes it, sentences for its fields, and what each party knows.

const written = []; // texts, lists and objects in the order in which each was complete
const page = unpacked(JSON.parse(document.getElementById("data").textContent));

/** The data as they were, with "~17" replaced by what was written as number 17; what is the same is one object. */
function unpacked(value) {
  if (typeof value === "string") {
    if (value[0] === "~" && value[1] !== "~") return written[value.slice(1)];
    return noted(value[0] === "~" ? value.slice(1) : value);
  }
  if (value === null || typeof value !== "object") return value;
  for (const key of Object.keys(value)) value[key] = unpacked(value[key]);
  return noted(value);
}

function noted(value) {
  written.push(value);
  return value;
}

export const { trace, sentences, explained, knowledge, programs, sources, later } = page;
const { words = {} } = page; // ours in the page's language, by what they are in English
const recorded = new Map(page.recorded); // what the trace says in English, likewise

/** Marks what is English in a page of another language. */
export const english = page.lang ? "en" : undefined;

/** Our words in the language of the page, in places for values: t`${number} steps`. Where there are none, as they stand here. */
export function t(parts, ...values) {
  const key = parts.join("{}");
  let next = 0;
  return (words[key] ?? key).replace(/\{(\d?)\}/g, (_, at) => String(values[at === "" ? next++ : Number(at)]));
}

/** What the trace recorded in English, in the page's language. */
export function said(text) {
  return recorded.get(text) ?? text;
}

/** Parties: within a sentence, over a lane, at the beginning of a sentence. */
export const called = { client: t`client`, server: t`server`, ca: "CA", eavesdropper: t`eavesdropper` };
export const lane = { client: t`Client`, server: t`Server`, ca: "CA", eavesdropper: t`Eavesdropper` };
export const subject = { client: t`The client`, server: t`The server`, ca: t`The CA`, eavesdropper: t`The eavesdropper` };
export const steps = trace.steps;
export const records = trace.records || [];

/** The step with that number, or undefined. */
export function stepAt(number) {
  return steps[number - 1];
}

export function title(step) {
  return page.titles[step.number - 1];
}

/** Bytes from hexadecimal digits. */
export function bytesOf(digits) {
  const bytes = new Uint8Array((digits || "").length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(digits.substr(2 * i, 2), 16);
  return bytes;
}

/**
 * The fields of a step, depth first, each with its depth, its parent's index and its explanation.
 * Explanations stand in the same order in which the fields are met.
 */
export function fieldsOf(step) {
  const list = [];
  const told = explained[step.number - 1];
  const visit = (field, depth, parent) => {
    const index = list.length;
    const [sentence, reference] = sentences[told[index]] || ["", ""];
    const entry = { ...field, meaning: said(field.meaning || ""), index, depth, parent, sentence, reference, children: [] };
    list.push(entry);
    for (const child of field.children || []) entry.children.push(visit(child, depth + 1, index));
    return index;
  };
  if (step.fields) visit(step.fields, 0, -1);
  return list;
}
