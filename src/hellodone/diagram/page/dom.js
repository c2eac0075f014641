// Elements in one line. Text is always set as text: nothing from the network is ever read as markup.

/** element("button", {class: "x", onclick: f}, "text", other) */
export function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...content.filter((part) => part !== null && part !== undefined && part !== ""));
  return made;
}

export function byId(id) {
  return document.getElementById(id);
}

/** The text, which may break behind the underscores and brackets of names. */
export function breakable(text) {
  return text.split(/(?<=[_(])/).flatMap((part, index) => (index ? [document.createElement("wbr"), part] : [part]));
}

/** A link to the section of an RFC; other references are plain text. */
export function reference(text) {
  const shown = element("span", { class: "reference" });
  text.split("; ").forEach((part, index) => {
    const found = /^RFC (\d+)(?:, ([A-Z\d.]+))?/.exec(part);
    if (index) shown.append("; ");
    if (!found) return shown.append(part);
    const place = found[2] ? (/^[A-Z]/.test(found[2]) ? `#appendix-${found[2]}` : `#section-${found[2]}`) : "";
    const href = `https://www.rfc-editor.org/rfc/rfc${found[1]}${place}`;
    return shown.append(element("a", { href, rel: "noreferrer noopener" }, part));
  });
  return shown;
}

/** Says something to who listens to the page. */
export function say(text) {
  byId("said").textContent = text;
}
