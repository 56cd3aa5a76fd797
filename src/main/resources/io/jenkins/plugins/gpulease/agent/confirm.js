// Says what a form will do, and sends it when that is confirmed.
Behaviour.specify("form[data-confirm]", "gpu-lease-confirm", 0, function (form) {
  if (form.dataset.asks) {
    return;
  }
  form.dataset.asks = "true";
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    const options = { message: form.dataset.confirmText, okText: form.dataset.confirmOk };
    dialog.confirm(form.dataset.confirm, options).then(
      function () {
        form.submit();
      },
      function () {}
    );
  });
});
