// Guess the time zone from the device; the person can still change it.
document.querySelectorAll("[data-guess-zone]").forEach((list) => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = [...list.options].some((each) => each.value === zone);
  if (known && list.value === list.dataset.guessZone) list.value = zone;
});
