// The choice between the system's theme, light and dark. theme.js applies it before the first paint.

import { byId, kept } from './dom.js';

export function wireTheme() {
  const slot = kept('theme');
  const group = byId('theme');
  const buttons = [...group.querySelectorAll('button')];
  const choose = (choice) => {
    if (choice === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    slot.set(choice === 'auto' ? null : choice);
    for (const button of buttons) {
      const checked = button.dataset.themeChoice === choice;
      button.setAttribute('aria-checked', String(checked));
      button.tabIndex = checked ? 0 : -1;
    }
  };
  group.addEventListener('click', ({ target }) => { if (target.dataset.themeChoice) choose(target.dataset.themeChoice); });
  group.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = buttons[(buttons.indexOf(event.target) + step + buttons.length) % buttons.length];
    choose(next.dataset.themeChoice);
    next.focus();
  });
  choose(document.documentElement.dataset.theme ?? 'auto');
}
