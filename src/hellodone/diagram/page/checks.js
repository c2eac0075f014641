// What the parties verified because of a step. Of a certificate path: a tree, a branch for each certificate.

import { lane, said, t } from "./data.js";
import { element } from "./dom.js";

export function checksView(step) {
  const reactions = (step.reactions || []).filter((reaction) => (reaction.checks || []).length);
  if (!reactions.length) return [element("p", { class: "quiet" }, t`Nobody checks anything because of this step.`)];
  return reactions.map((reaction) =>
    element(
      "section",
      { class: `by-${reaction.party}` },
      element("h3", {}, lane[reaction.party], element("span", { class: "count" }, tally(reaction.checks))),
      ...tree(step, reaction),
    ),
  );
}

function tally(checks) {
  const failed = checks.filter((check) => check.passed === false).length;
  return t`${checks.length - failed} of ${checks.length} hold`;
}

function tree(step, reaction) {
  const subjects = path(reaction);
  if (!subjects.length) return [list(reaction.checks)];
  const branches = new Map([["", []], ...subjects.map((subject) => [subject, []])]);
  for (const check of reaction.checks) {
    branches.get(firstNamed(subjects, check.claim)).push(check);
  }
  const nested = subjects.reduceRight((inner, subject, index) => {
    const role = index === 0 ? t`whose certificate this is` : t`who certified the one above`;
    const head = element("summary", {}, element("b", {}, subject), element("span", { class: "count" }, role));
    return element("details", { open: true }, head, list(branches.get(subject)), inner || "");
  }, null);
  return [list(branches.get("")), element("div", { class: "path-tree" }, nested)];
}

/** The certificate that a claim is about: the one that it names first, "" when it names none. */
function firstNamed(subjects, claim) {
  const places = subjects.map((name) => [claim.indexOf(name), name]).filter(([place]) => place >= 0);
  return places.sort(([a], [b]) => a - b)[0]?.[1] ?? "";
}

/** The names of the certificates from the end entity to the anchor, when the step established a path. */
function path(reaction) {
  const fact = (reaction.learned || []).find((learned) => /_path$/.test(learned.name) && learned.value.includes(" ← "));
  return fact ? fact.value.split(" ← ") : [];
}

function list(checks) {
  const rows = checks.map((check) => {
    const passed = check.passed !== false;
    const text = passed ? said(check.claim) : t`not so: ${said(check.claim)}` + (check.alert ? ` (${check.alert})` : "");
    return element("li", { class: passed ? "passed" : "failed" }, element("span", { class: "glyph" }, passed ? "✓" : "✗"), text);
  });
  return element("ul", { class: "checks" }, ...rows);
}
