// Gives select2's boxes the names of their fields: it names them by what is chosen, which is nothing at first.
document.addEventListener("DOMContentLoaded", () => {
  const nameBoxes = () => {
    for (const select of document.querySelectorAll("select.select2-hidden-accessible:not([data-named])")) {
      const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
      const name = (label?.textContent || select.getAttribute("aria-label") || select.name).trim();
      const box = select.nextElementSibling?.querySelector(".select2-selection");
      if (!box) continue;
      const chosen = box.querySelector(".select2-selection__rendered");
      box.removeAttribute("aria-labelledby");
      box.setAttribute("aria-label", name);
      chosen?.setAttribute("aria-label", name);
      box.querySelector("input")?.setAttribute("aria-label", name);
      select.dataset.named = "yes";
    }
    for (const search of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
      search.setAttribute("aria-label", "Search");
    }
  };
  nameBoxes();
  new MutationObserver(nameBoxes).observe(document.body, { childList: true, subtree: true });
});
