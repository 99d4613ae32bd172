// Asking the server from a page: JSON both ways, and its refusals as errors whose message is the rule's own text.

export class Refusal extends Error {}

/** What the address answers. Raises `Refusal`. */
export function ask(address, signal) {
  return answer(fetch(address, { headers: { Accept: "application/json" }, signal }));
}

/** Send an object there; what it answers. Raises `Refusal`. */
export function send(address, body) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  return answer(
    fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(body),
    }),
  );
}

async function answer(pending) {
  let response;
  try {
    response = await pending;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("The server cannot be reached. Nothing was changed; please try again.");
  }
  if (response.redirected) throw new Refusal("You are signed out. Reload the page to sign in again.");
  const spoken = response.headers.get("Content-Type")?.startsWith("application/json");
  if (!spoken) throw new Refusal(`The server could not do this (${response.status}). Nothing was changed.`);
  const found = await response.json();
  if (!response.ok) throw new Refusal(found.detail ?? `The server could not do this (${response.status}).`);
  return found;
}
