// Small comforts on top of pages that work without them.
document.documentElement.classList.add('js');
document.querySelector('[data-focus]')?.focus();

// Live counts under a text: <p data-count-for="text_en" data-limit="500">.
const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const mastodon = t => [...segments.segment(t.replace(/https?:\/\/\S+/g, 'x'.repeat(23)))].length;
for (const out of document.querySelectorAll('[data-count-for]')) {
  const area = document.getElementById(out.dataset.countFor);
  const limit = Number(out.dataset.limit);
  const number = new Intl.NumberFormat(document.documentElement.lang === 'dz' ? 'en-u-nu-tibt' : 'en');
  const show = () => {
    const left = limit - mastodon(area.value);
    out.textContent = number.format(left);
    out.closest('p')?.classList.toggle('err', left < 0);
  };
  area?.addEventListener('input', show);
  if (area) show();
}

// The preview shows what is typed at once.
for (const area of document.querySelectorAll('textarea[data-preview]')) {
  const targets = document.querySelectorAll(`[data-preview-of="${area.id}"]`);
  area.addEventListener('input', () => targets.forEach(t => { t.textContent = area.value; }));
}

// j and k walk through a list, Enter opens, as in many inboxes; never while typing.
document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input,textarea,select')) return;
  const step = { j: 1, k: -1 }[e.key];
  if (!step) return;
  const links = [...document.querySelectorAll('[data-walk] a')];
  const at = links.indexOf(document.activeElement);
  const next = links[Math.min(links.length - 1, Math.max(0, at + step))];
  if (next) { e.preventDefault(); next.focus(); }
});

// A button that sends a form is pressed once.
document.addEventListener('submit', e => {
  const button = e.submitter;
  if (button) setTimeout(() => { button.disabled = true; setTimeout(() => { button.disabled = false; }, 4000); });
});
