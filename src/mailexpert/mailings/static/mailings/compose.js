// The compose page: date and time show only when a moment is chosen.

const form = document.querySelector("[data-when]");
if (form) {
  const fields = form.querySelector(".me-when-fields");
  const follow = () => {
    fields.hidden = form.querySelector("input[name=when]:checked")?.value !== "later";
  };
  form.addEventListener("change", follow);
  follow();
}
