// Making elements: text goes in as text, never as markup.

/** `element("p", {class: "hint", data: {shift: 3}, on: {click: f}}, "words", otherElement)` → the element. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "data") Object.assign(made.dataset, value);
    else if (key === "on") Object.entries(value).forEach(([event, listen]) => made.addEventListener(event, listen));
    else if (key === "style") Object.entries(value).forEach(([property, text]) => made.style.setProperty(property, text));
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** A symbol of the bundled font; words beside it say the same. */
export function icon(name) {
  return element("span", { class: "material-symbols-outlined hub-icon", "aria-hidden": "true" }, name);
}

/** Words for those who do not see the page. */
export function unseen(text) {
  return element("span", { class: "hub-unseen" }, text);
}
