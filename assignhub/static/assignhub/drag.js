// Dragging with mouse, pen or finger. Every drag has another way beside it; that is the page's to offer.

const SLACK = 5; // pixels a press may move before it is a drag
const PRESS = 350; // milliseconds a finger rests before it is one: shorter, and it scrolls
const EDGE = 48; // pixels from the edge of what scrolls where it begins to

/**
 * Let what matches `item` inside `root` be dragged.
 *
 * may(item)               whether this one may be dragged
 * lift(item)              a drag begins
 * over(item, under, event) what the pointer is above: `{place, text, allowed}`, or null where nothing can be dropped
 * drop(item, found)       a promise; when it fails, the item flies back to where it was
 * end(item)               however it ended
 */
export function draggable(root, { item: selector, may, lift, over, drop, end }) {
  let drag = null;

  root.addEventListener("pointerdown", (event) => {
    const item = event.target.closest(selector);
    if (!item || event.button !== 0 || drag || !may(item)) return;
    drag = { item, id: event.pointerId, start: event, last: event, ghost: null, found: null };
    if (event.pointerType === "touch") drag.timer = setTimeout(begin, PRESS);
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", release);
    window.addEventListener("pointercancel", cancel);
    window.addEventListener("keydown", escape, true);
    document.addEventListener("touchmove", hold, { passive: false });
  });
  // A finger that rests would also ask for a menu.
  root.addEventListener("contextmenu", (event) => drag?.ghost && event.preventDefault());
  root.addEventListener("dragstart", (event) => event.preventDefault());

  function begin() {
    const box = drag.item.getBoundingClientRect();
    const ghost = drag.item.cloneNode(true);
    ghost.removeAttribute("id");
    ghost.className += " hub-ghost";
    Object.assign(ghost.style, { width: `${box.width}px`, height: `${box.height}px`, left: `${box.left}px`, top: `${box.top}px` });
    drag.hint = document.createElement("span");
    drag.hint.className = "hub-ghost-hint";
    drag.ghost = ghost;
    // Inside the page's own element, whose colours it has.
    root.append(ghost, drag.hint);
    drag.item.dataset.lifted = "";
    document.documentElement.classList.add("hub-dragging");
    lift(drag.item);
    drag.frame = requestAnimationFrame(scroll);
    follow();
  }

  function move(event) {
    if (event.pointerId !== drag.id) return;
    drag.last = event;
    const far = Math.hypot(event.clientX - drag.start.clientX, event.clientY - drag.start.clientY) > SLACK;
    if (drag.ghost) follow();
    else if (far && event.pointerType === "touch") finish();
    else if (far) begin();
  }

  function follow() {
    const { ghost, hint, last, start } = drag;
    ghost.style.translate = `${last.clientX - start.clientX}px ${last.clientY - start.clientY}px`;
    const under = document.elementFromPoint(last.clientX, last.clientY);
    const found = under && root.contains(under) ? over(drag.item, under, last) : null;
    if (found?.place !== drag.found?.place) {
      mark(drag.found, false);
      mark(found, true);
    }
    drag.found = found;
    hint.textContent = found?.text ?? "";
    hint.dataset.allowed = found ? found.allowed !== false : "";
    const right = Math.min(last.clientX + 16, window.innerWidth - hint.offsetWidth - 8);
    Object.assign(hint.style, { left: `${Math.max(8, right)}px`, top: `${last.clientY + 20}px` });
  }

  function mark(found, on) {
    if (!found?.place) return;
    if (on) found.place.dataset.over = found.allowed !== false ? "yes" : "no";
    else delete found.place.dataset.over;
  }

  function scroll() {
    if (!drag?.ghost) return;
    const { clientX: x, clientY: y } = drag.last;
    const boxes = [...root.querySelectorAll("[data-scrolls]"), document.scrollingElement];
    for (const box of boxes) {
      const whole = box === document.scrollingElement;
      const edges = whole ? { left: 0, top: 0, right: innerWidth, bottom: innerHeight } : box.getBoundingClientRect();
      if (x < edges.left || x > edges.right || y < edges.top || y > edges.bottom) continue;
      box.scrollBy(step(x, edges.left, edges.right), step(y, edges.top, edges.bottom));
    }
    drag.frame = requestAnimationFrame(scroll);
  }

  const step = (at, low, high) => (at < low + EDGE ? (at - low - EDGE) / 4 : at > high - EDGE ? (at - high + EDGE) / 4 : 0);

  async function release(event) {
    if (event.pointerId !== drag.id) return;
    if (!drag.ghost) return finish();
    // The press ends as a click on whatever is below: that one is not meant.
    window.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener("click", swallow, true));
    const { item, found } = drag;
    unhook();
    try {
      if (found) await drop(item, found);
      else await back();
    } catch {
      await back();
    } finally {
      finish();
    }
  }

  async function cancel() {
    unhook();
    if (drag.ghost) await back();
    finish();
  }

  function escape(event) {
    if (event.key !== "Escape" || !drag.ghost) return;
    event.preventDefault();
    event.stopPropagation();
    cancel();
  }

  /** Where it came from may have scrolled away meanwhile. */
  function back() {
    const { ghost, item } = drag;
    const [from, to] = [ghost.getBoundingClientRect(), item.getBoundingClientRect()];
    if (matchMedia("(prefers-reduced-motion: reduce)").matches || !item.isConnected) return null;
    const moved = `${to.left - parseFloat(ghost.style.left)}px ${to.top - parseFloat(ghost.style.top)}px`;
    const far = Math.hypot(to.left - from.left, to.top - from.top);
    return ghost.animate({ translate: [ghost.style.translate, moved] }, { duration: Math.min(450, 120 + far / 3), easing: "ease-out" })
      .finished;
  }

  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  const hold = (event) => drag?.ghost && event.preventDefault();

  function unhook() {
    clearTimeout(drag.timer);
    cancelAnimationFrame(drag.frame);
    drag.hint?.remove();
    mark(drag.found, false);
    document.documentElement.classList.remove("hub-dragging");
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", release);
    window.removeEventListener("pointercancel", cancel);
    window.removeEventListener("keydown", escape, true);
    document.removeEventListener("touchmove", hold);
  }

  function finish() {
    unhook();
    const { item, ghost } = drag;
    ghost?.remove();
    delete item.dataset.lifted;
    drag = null;
    if (ghost) end(item);
  }
}
