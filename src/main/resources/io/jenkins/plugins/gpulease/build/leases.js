/* Keeps the page "GPU leases" of a build up to date as long as it runs or holds any, and lets people release what it holds. */
(function () {
  "use strict";

  const PAUSE = 3000;

  function Leases(root) {
    this.root = root;
    this.lost = document.getElementById("gpu-leases-lost");
    root.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-lease]");
      button && this.release(button.dataset);
    });
    document.addEventListener("visibilitychange", () => document.hidden || this.poll());
    this.pause();
  }

  Leases.prototype = {
    pause() {
      clearTimeout(this.timer);
      if (this.root.firstElementChild.dataset.live === "true") {
        this.timer = setTimeout(() => this.poll(), PAUSE);
      }
    },

    poll() {
      if (document.hidden || this.asking) {
        return;
      }
      this.asking = true;
      fetch(this.root.dataset.url, { cache: "no-store" })
        .then((response) => {
          if (!response.ok) {
            throw new Error("status " + response.status);
          }
          return response.text();
        })
        .then((text) => this.show(text))
        .then(
          () => this.lost.classList.add("jenkins-hidden"),
          () => this.lost.classList.remove("jenkins-hidden")
        )
        .finally(() => {
          this.asking = false;
          this.pause();
        });
    },

    /** Only the times, as long as nothing else has changed: focus, order and selection stay. */
    show(text) {
      const template = document.createElement("template");
      template.innerHTML = text;
      const fresh = template.content.firstElementChild;
      if (!fresh || !fresh.dataset.version) {
        throw new Error("no leases"); // but a page of a proxy, or of a login
      }
      if (fresh.dataset.version === this.root.firstElementChild.dataset.version) {
        fresh.querySelectorAll("[id^=gpu-lease-held-]").forEach((time) => {
          const shown = document.getElementById(time.id);
          if (shown) {
            shown.textContent = time.textContent;
          }
        });
        return;
      }
      const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.lease : undefined;
      this.root.replaceChildren(fresh);
      Behaviour.applySubtree(this.root, true);
      this.focus(focused);
    },

    release(button) {
      const texts = this.root.dataset;
      const options = { message: button.confirmText, okText: texts.release, type: "destructive" };
      dialog
        .confirm(button.confirm, options)
        .then(
          () => this.post(button.lease),
          () => {}
        )
        .then(() => this.focusAgain(button.lease));
    },

    /** The focus is lost with the dialog that had it, which closes in its own time. */
    focusAgain(lease) {
      if (document.querySelector("dialog[open]")) {
        setTimeout(() => this.focusAgain(lease), 50);
      } else if (document.activeElement === document.body) {
        this.focus(lease);
      }
    },

    focus(lease) {
      this.root.querySelectorAll("button[data-lease]").forEach((button) => button.dataset.lease === lease && button.focus());
    },

    post(lease) {
      const request = {
        method: "POST",
        headers: crumb.wrap({ "Content-Type": "application/x-www-form-urlencoded" }),
        body: new URLSearchParams({ lease: lease }),
      };
      fetch(this.root.dataset.actions + "release", request)
        .then((response) => response.json().catch(() => ({ error: response.status + " " + response.statusText })))
        .catch((failure) => ({ error: failure.message }))
        .then((answer) => {
          if (answer.error) {
            notificationBar.show(this.root.dataset.failed.replace("{0}", answer.error), notificationBar.ERROR);
          } else {
            notificationBar.show(answer.done, notificationBar.SUCCESS);
          }
          this.poll();
        });
    },
  };

  function start() {
    document.querySelectorAll(".gpu-build-leases").forEach((root) => new Leases(root));
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
