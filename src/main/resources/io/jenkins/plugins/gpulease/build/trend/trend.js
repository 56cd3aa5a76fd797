// Fetches what a page shows of a trend once the page is there: loading builds may take seconds.
Behaviour.specify(".gpu-lease-trend", "gpu-lease-trend", 0, function (box) {
  if (box.dataset.asked) {
    return;
  }
  box.dataset.asked = "true";
  fetch(box.dataset.url, { credentials: "same-origin" })
    .then(function (response) {
      if (!response.ok) {
        throw new Error("HTTP status " + response.status);
      }
      return response.text();
    })
    .then(function (fragment) {
      box.innerHTML = fragment;
      Behaviour.applySubtree(box);
    })
    .catch(function () {
      box.textContent = box.dataset.failed;
    });
});
