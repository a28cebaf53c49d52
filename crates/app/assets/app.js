// Small comforts on top of pages that work without them.
document.documentElement.classList.add('js');
document.querySelector('[data-focus]')?.focus();

// While a post is written: each account shows the text it would get and how much room is left, and what is still
// missing stands below. The program counts again, exactly, when the form is sent.
const graphemes = text => [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].length;
const counted = {
  Chars: text => [...text].length,
  Graphemes: graphemes,
  Utf8Bytes: text => new TextEncoder().encode(text).length,
  Utf16Units: text => text.length,
  MastodonStyle: text => graphemes(text.replace(/https?:\/\/\S+/g, 'x'.repeat(23)).replace(/(@\w+)@[\w.-]+\w/g, '$1')),
};
// As X weighs and as Weibo counts; of addresses without https:// only the endings a government writes are known.
const links = /https?:\/\/\S*[^\s.,;:!?"'»”’)།]|(?<![\w@#$./-])[a-z0-9][a-z0-9.-]*\.(?:bt|com|edu|gov|info|int|net|org)(?![\w@-]|\.\w)(?:\/(?:\S*[^\s.,;:!?"'»”’)།])?)?/gi;
const light = c => c <= 4351 || (c >= 8192 && c <= 8205) || (c >= 8208 && c <= 8223) || (c >= 8242 && c <= 8247);
const weight = sign => (/\p{Extended_Pictographic}.|\p{Regional_Indicator}|\u20e3/u.test(sign) ? 2 : [...sign].reduce((n, c) => n + (light(c.codePointAt(0)) ? 1 : 2), 0));
counted.XWeighted = text => [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text.normalize('NFC').replace(links, 'x'.repeat(23)))].reduce((n, s) => n + weight(s.segment), 0);
counted.WeiboStyle = text => Math.ceil([...text].reduce((n, c) => n + (c < '\u0080' ? 1 : 2), 0) / 2);
const inTibetan = text => /[\u0f00-\u0fff]/.test(text);

const shown = texts => texts.map(([lang, text]) => Object.assign(document.createElement('p'), { lang, className: 'body', textContent: text }));
// No browser knows Dzongkha; the digits are the same in any language that writes them.
const digits = new Intl.NumberFormat(document.documentElement.lang === 'dz' ? 'en-u-nu-tibt' : 'en');

// How much room these texts leave where they are shown; below nothing, they do not fit.
function fill(place, texts, left) {
  place.querySelector('[data-text]').replaceChildren(...shown(texts));
  const limit = Number(place.dataset.limit ?? Infinity);
  const used = counted[place.dataset.count]?.(texts.map(p => p[1]).join('\n\n')) ?? 0;
  if (left) left.textContent = left.dataset.left.replace('#', digits.format(limit - used));
  return { used, long: used > limit, said: texts.length > 0 };
}

// Whether the post is without what none there is without: a picture, a recording, or one of the two.
function lacks(form, must) {
  const chosen = name => Boolean(form.elements[name]?.files.length);
  const kept = name => [...form.querySelectorAll(`[type=hidden][name=${name}]`)].some(p => !form.elements[name === 'picture' ? `remove-${p.value}` : 'remove-recording']?.checked);
  const picture = chosen('file') || kept('picture'), recording = chosen('recording_file') || kept('recording');
  return { picture: !picture, media: !picture && !recording, recording: !recording }[must] ?? false;
}

function preview(form, card) {
  const value = name => form.elements[name]?.value.trim() ?? '';
  const own = value(`variant-${card.dataset.account}`);
  const parts = (own ? [[inTibetan(own) ? 'dz' : 'en', own]] : [['dz', value('text_dz')], ['en', value('text_en')]]).filter(p => p[1]);
  card.hidden = !form.querySelector(`[name=accounts][value="${card.dataset.account}"]`)?.checked;
  const post = fill(card, parts, card.querySelector(':scope > header [data-left]'));
  const follows = [...card.querySelectorAll('[data-part]')].map(place => {
    const said = [['dz', value(`part_dz-${place.dataset.part}`)], ['en', value(`part_en-${place.dataset.part}`)]].filter(p => p[1]);
    return fill(place, said, place.querySelector('[data-left]'));
  });
  const refused = 'alone' in card.dataset && follows.some(p => p.said);
  const missing = lacks(form, card.dataset.must);
  for (const line of card.querySelectorAll('[data-missing]')) line.hidden = !missing;
  const state = parts.length === 0 ? 'empty' : refused || [post, ...follows].some(p => p.long) ? 'long' : missing ? 'missing' : 'ready';
  for (const tag of card.querySelectorAll('[data-when]')) tag.hidden = tag.dataset.when !== state;
  const bar = card.querySelector('progress');
  if (bar) { bar.value = post.used; bar.classList.toggle('bad', post.long); }
}

for (const form of document.querySelectorAll('form[data-compose]')) {
  const mark = (name, good) => { for (const line of document.querySelectorAll(`[data-check=${name}]`)) line.className = good ? 'yes' : 'no'; };
  const show = () => {
    for (const card of document.querySelectorAll('.pv[data-account]')) preview(form, card);
    const filled = name => Boolean(form.elements[name]?.value.trim());
    mark('languages', filled('text_en') && filled('text_dz'));
    const kept = form.querySelector('.pics figcaption .err');
    mark('alt', !kept && (!form.elements.file?.files.length || filled('alt_en') || filled('alt_dz')));
  };
  form.addEventListener('input', show);
  show();
}

// Words that are to be put elsewhere as they are: one press copies them, and says so.
for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    const text = document.getElementById(button.dataset.copy);
    text.select();
    await navigator.clipboard.writeText(text.value);
    document.getElementById(button.getAttribute('aria-controls')).textContent = button.dataset.done;
  });
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
