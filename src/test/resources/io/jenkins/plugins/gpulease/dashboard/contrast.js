/* Texts of the page's own elements whose contrast with what is behind them is below a limit; see PageLooksTest. */
(function (selector, limit) {
  "use strict";

  const brush = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  /** Red, green, blue from 0 to 255, and opacity from 0 to 1, of any color that a style sheet can name. */
  function rgba(color) {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = color;
    brush.fillRect(0, 0, 1, 1);
    const data = brush.getImageData(0, 0, 1, 1).data;
    return [data[0], data[1], data[2], data[3] / 255];
  }

  function over(upper, lower) {
    return [0, 1, 2].map((i) => upper[i] * upper[3] + lower[i] * (1 - upper[3])).concat(1);
  }

  function behind(element) {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      layers.unshift(rgba(getComputedStyle(at).backgroundColor));
    }
    return layers.reduce((lower, upper) => over(upper, lower), [255, 255, 255, 1]);
  }

  function opacity(element) {
    let product = 1;
    for (let at = element; at; at = at.parentElement) {
      product *= Number(getComputedStyle(at).opacity);
    }
    return product;
  }

  /* WCAG 2.1, relative luminance and contrast ratio. */
  function luminance(color) {
    const linear = color.slice(0, 3).map((part) => {
      const c = part / 255;
      return c <= 0.03928 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  }

  function contrast(element) {
    const back = behind(element);
    const color = rgba(getComputedStyle(element).color);
    color[3] *= opacity(element);
    const lights = [luminance(over(color, back)), luminance(back)].sort((one, other) => other - one);
    return (lights[0] + 0.05) / (lights[1] + 0.05);
  }

  const texts = Array.from(document.querySelectorAll(selector)).filter(
    (element) =>
      element.getClientRects().length &&
      !element.closest(".jenkins-visually-hidden") &&
      Array.from(element.childNodes).some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim())
  );
  return {
    texts: texts.length,
    faint: texts
      .filter((element) => contrast(element) < limit)
      .map((element) => element.tagName + "." + element.className + " '" + element.textContent.trim() + "' " + contrast(element).toFixed(2)),
  };
})
