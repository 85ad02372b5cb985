// Put into a page by page.sh: turns the knobs as the page's address says (?batch=5&hidden_size=40), then leaves in
// place of the page what is to be seen: whether texts overlap or stand outside, and each text of the picture.
addEventListener('load', () => {
  for (const [name, value] of new URLSearchParams(location.search)) {
    // The first is enough: what several parts of a model share follows.
    const label = [...document.querySelectorAll('label')].find(each => each.querySelector('span').textContent === name);
    const knob = label.querySelector('input');
    knob.value = value;
    knob.dispatchEvent(new Event('input', { bubbles: true }));
  }
  const lines = [];
  const visible = [...document.querySelectorAll('svg text')].filter(text => text.getClientRects().length > 0);
  const boxes = visible.map(text => text.getBoundingClientRect());
  boxes.forEach((a, i) => {
    if (a.left < 0 || a.right > innerWidth) lines.push('outside: ' + visible[i].textContent);
    for (let j = i + 1; j < boxes.length; ++j) {
      const b = boxes[j];
      const beside = a.right <= b.left + 0.5 || b.right <= a.left + 0.5;
      const apart = beside || a.bottom <= b.top + 4 || b.bottom <= a.top + 4;
      if (!apart) lines.push('overlap: ' + visible[i].textContent + ' | ' + visible[j].textContent);
    }
  });
  for (const text of visible) lines.push('text: ' + text.textContent);
  const number = [...document.querySelectorAll('[data-origin]')].find(each => each.getClientRects().length > 0);
  number.focus();
  lines.push('tip: ' + (document.getElementById('tip').hidden ? '' : document.getElementById('tip').textContent));
  lines.push('origin: ' + number.dataset.origin);
  for (const rect of document.querySelectorAll('.block rect')) {
    lines.push('height: ' + Number(rect.getAttribute('height')).toFixed(1));
  }
  for (const each of document.querySelectorAll('[data-origin]')) lines.push('origin: ' + each.dataset.origin);
  const pre = document.createElement('pre');
  pre.textContent = 'seen\n' + lines.join('\n') + '\nend\n';
  document.body.replaceChildren(pre);
});
