// Loaded before the style sheet takes effect, so that a chosen theme never flashes the other one.
// A classic script on purpose: modules run only after the page has been parsed.
(() => {
  try {
    const chosen = localStorage.getItem('aurora.theme');
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage can be switched off; the system's preference is then the only one.
  }
})();
