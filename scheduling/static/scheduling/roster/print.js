// One sheet of A4, landscape: the roster is drawn as small as it has to be, at first in size and then in words.

const SHEET = { width: 1060, height: 715 }; // CSS pixels inside the margins of `@page`
const SMALLEST = 0.2; // beyond that nobody could read it: the rest goes onto further sheets
const COMPACT = 0.7;

/** Fit `area` to the sheet for as long as it is printed; `draw(true)` draws the table whatever the screen's width. */
export function printable(area, draw) {
  const page = document.documentElement.classList;
  window.addEventListener("beforeprint", () => {
    draw(true);
    page.add("hub-printing");
    if (fit(area) >= COMPACT) return;
    page.add("hub-compact");
    fit(area);
  });
  window.addEventListener("afterprint", () => {
    page.remove("hub-printing", "hub-compact");
    area.style.width = area.style.zoom = "";
    draw();
  });
}

/** Make the area as small as it must be, and return by how much. */
function fit(area) {
  let scale = 1;
  // Smaller letters leave wider columns, which need fewer lines: look again until it fits. Measured as drawn, for lines
  // never become thinner than a pixel.
  for (;;) {
    area.style.zoom = scale;
    area.style.width = `${SHEET.width / scale}px`;
    const { width, height } = area.getBoundingClientRect();
    const overflow = Math.max(height / SHEET.height, width / SHEET.width - 0.001);
    if (overflow <= 1 || scale === SMALLEST) return scale;
    scale = Math.max(SMALLEST, scale / Math.min(1.25, Math.max(1.02, overflow)));
  }
}
